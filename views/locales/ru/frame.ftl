# Рамка страниц
nav = Разделы
skip = К содержанию
logout = Выйти
desk-title = Рабочее место
gallery-title = Образцы
account-title = Профиль
role-operator = оператор
role-supervisor = супервизор
role-admin = администратор

# Вход
login-title = Вход
login-email = Электронная почта
login-password = Пароль
login-button = Войти
login-exposed = Соединение не защищено: пароль могут прочитать по пути. Откройте страницу по https или на самом сервере.
error-wrong-password = Почта или пароль не подошли. Проверьте раскладку и попробуйте ещё раз.
error-empty = Введите почту и пароль.
error-minutes = Слишком много попыток. Попробуйте через { $minutes ->
    [one] { $minutes } минуту
    [few] { $minutes } минуты
   *[many] { $minutes } минут
}.

# Ошибки
error-not-found = Такой страницы нет
error-not-found-what = Возможно, ссылка устарела или в адресе опечатка.
error-forbidden = Нет доступа
error-forbidden-what = Эта страница открыта не для вашей роли. Доступ даёт администратор.
error-refused = Запрос не принят
error-refused-what = Он пришёл с другого сайта или повреждён. Вернитесь на страницу и повторите действие.
error-internal = У нас сломалось
error-internal-what = Звонки это не затронуло. Повторите действие; если не помогло, покажите журнал сервера администратору.
error-unavailable = Сервер не отвечает
error-unavailable-what = База данных или обработка звонков сейчас недоступны. Состояние показывает команда callsync doctor.
error-home = На главную
