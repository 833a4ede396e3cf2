# Образцы
gallery-what = Все части страниц во всех состояниях, в выбранных языке и теме.
gallery-colours = Цвета
gallery-type = Шрифт
gallery-pangram = Съешь ещё этих мягких булок 0123456789
gallery-icons = Значки
gallery-buttons = Кнопки
gallery-do = Сохранить
gallery-badges = Состояния
gallery-times = Время и срочность
gallery-numbers = Числа
gallery-notices = Сообщения
gallery-tabs = Вкладки
gallery-trends = Линии за час
gallery-dialog = Подтверждение
gallery-dialog-what = Звонок +7 912 345-67-89 закончится, абонент услышит гудки.
gallery-panel = Панель сбоку
gallery-index = Указатель
gallery-base = Основа
gallery-forms = Формы
gallery-lists = Списки
gallery-work = Ход работы
gallery-live = Строки эфира
gallery-field = Поле
gallery-kinds = Виды полей
gallery-file = Файл
gallery-save = Форма с ошибками и сохранение
gallery-select = Список
gallery-group = Одно или несколько
gallery-switch = Переключатель
gallery-date = Дата
gallery-period = Период
gallery-filters = Поиск и фильтры
gallery-table = Таблица: порядок и выбор строк
gallery-reading = Таблица только для чтения
gallery-paging = Листание
gallery-none = Пустой список
gallery-settings = Настройки
gallery-job = Задание
gallery-steps = Проверка по шагам
gallery-confirm = Опасное действие

# Состояния
gallery-empty = пусто
gallery-filled = заполнено
gallery-focus = в фокусе
gallery-optional = необязательное
gallery-wrong = ошибка
gallery-read-only = только чтение
gallery-disabled = недоступно
gallery-long = самое длинное
gallery-kept = хранится
gallery-chosen = выбран
gallery-sending = отправляется
gallery-preset = готовый
gallery-own = свой
gallery-cursor = по курсору
gallery-by-number = по номерам

# Примеры
gallery-long-words = Поле, в имени которого есть слово «{ $word }»
gallery-queue-name = Название очереди
gallery-queue-name-help = Так очередь называется в отчётах и на рабочих местах.
gallery-queue-name-missing = Введите название очереди.
gallery-sales = Продажи
gallery-ring = Звонить оператору
gallery-ring-help = От 5 до 120. Потом звонок получит следующий.
gallery-ring-wrong = Звонить можно от 5 до 120 секунд.
gallery-seconds = секунд
gallery-phone = Телефон для перевода
gallery-phone-help = С кодом города или внутренний.
gallery-note = Заметка для операторов
gallery-note-filled = Сначала узнайте номер договора. Если его нет, найдите клиента по фамилии.
gallery-greeting = Приветствие
gallery-hears = Пока ждёт, клиент слышит
gallery-music = Музыку
gallery-music-help = Файлы лежат в папке музыки Asterisk.
gallery-tone = Гудки
gallery-record = Записывать разговоры
gallery-record-help = Записи хранятся 90 дней. Действует со следующего звонка.
gallery-strategy = Кому звонить первым
gallery-longest = Кто дольше свободен
gallery-fewest = У кого меньше звонков
gallery-nothing = Не выбрано
gallery-choose = Выберите одно из значений.
gallery-days = Когда работает очередь
gallery-work-days = По рабочим дням
gallery-weekend = По выходным
gallery-until = Действует до
gallery-until-past = Эта дата уже прошла.
gallery-period-wrong = Начало периода позже его конца.
gallery-find = Имя или номер
gallery-group-of = Группа
gallery-all-groups = Все группы
gallery-all-states = Все состояния
gallery-last = Последний звонок
gallery-per-day = за день
gallery-move = Перевести
gallery-remove = Удалить
gallery-none-yet = Операторов пока нет
gallery-none-yet-what = Добавьте первого: после этого ему можно предлагать звонки.
gallery-none-yet-do = Добавить
gallery-none-found = Никто не найден
gallery-none-found-what = По этим фильтрам нет ни одного оператора.
gallery-none-found-do = Сбросить фильтры
gallery-rules = Правила
gallery-import = Загрузка клиентов
gallery-import-why = Строка 1 204: номер «девять-один-два» не похож на телефон. Загружено 1 203 строки.
gallery-report = Отчёт за ноябрь
gallery-report-done = 12 480 звонков, 640 кБ
gallery-report-open = Скачать
gallery-step-reach = Asterisk отвечает по адресу 10.0.0.5
gallery-step-sign-in = Пароль ARI подходит
gallery-step-app = Звонки приходят в приложение callsync
gallery-step-call = Пробный звонок прошёл
gallery-step-why = За 10 с не пришло ни одного звонка.
gallery-step-cure = В extensions.conf нет строки Stasis(callsync). Добавьте её и выполните «dialplan reload».
gallery-remove-question = Удалить очередь «Продажи»?
gallery-remove-agents = { $count ->
    [one] { $count } оператор выйдет из очереди.
    [few] { $count } оператора выйдут из очереди.
   *[many] { $count } операторов выйдут из очереди.
}
gallery-remove-calls = { $count ->
    [one] { $count } звонок перейдёт в «Поддержку».
    [few] { $count } звонка перейдут в «Поддержку».
   *[many] { $count } звонков перейдут в «Поддержку».
}
