# Поля
field-optional = необязательно
switch-on = включено
switch-off = выключено

# Период
period = Период
period-today = Сегодня
period-yesterday = Вчера
period-week = 7 дней
period-month = Месяц
period-from = Начало периода
period-to = Конец периода
period-show = Показать

# Файл
file-choose = Выбрать файл
file-other = Другой файл
file-drop = или перетащите сюда
file-sending = Отправляем
file-rule = { $kinds }, не больше { $size }.
file-too-large = Файл больше { $size }. Сократите его или сохраните с меньшим качеством.
file-wrong-kind = Подойдут только { $kinds }. Выберите другой файл.
file-failed = Файл не отправлен: нет связи с сервером. Попробуйте ещё раз.

# Фильтры
filter-show = Показать
filter-chosen = Выбранные фильтры
filter-remove = Убрать фильтр
filter-reset = Сбросить

# Выбор строк
bulk-picked = Выбранные строки
bulk-count = { $count ->
    [one] Выбрана { $count } строка
    [few] Выбраны { $count } строки
   *[many] Выбрано { $count } строк
}
bulk-none = Снять выбор
bulk-all = Выбрать все на странице
bulk-one = Выбрать: { $name }

# Страницы списка
paging = { $list }: страницы
paging-of = { $range } из { $all }
paging-of-more = { $range }, всего больше { $some }
paging-before = Назад
paging-after = Дальше
paging-page = Страница { $page }

# Ошибки формы
errors-count = { $count ->
    [one] Исправьте { $count } поле
    [few] Исправьте { $count } поля
   *[many] Исправьте { $count } полей
}

# Сохранение
save = Сохранить
save-changes = { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[many] { $count } изменений
}
save-unsaved = Есть несохранённые изменения
save-undo = Отменить
save-compare = Сравнить
save-compare-title = Что изменится
save-what = Настройка
save-was = Сейчас
save-becomes = Станет
save-secret = новое значение

# Ход работы
job-queued = В очереди
job-before = { $count ->
    [0] Начнётся сразу после текущего задания.
    [one] Перед ним { $count } задание.
    [few] Перед ним { $count } задания.
   *[many] Перед ним { $count } заданий.
}
job-of = { $done } из { $all }
job-percent = { $percent } %
job-left = осталось { $time }
job-failed = Ошибка
job-again = Повторить
job-done = Готово
step-waiting = ждёт
step-running = идёт
step-passed = готово, { $seconds } с
step-failed = ошибка

# Путь по настройкам
trail = Путь
