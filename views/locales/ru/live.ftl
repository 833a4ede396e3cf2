live-title = Сейчас
live-stale = Нет связи
live-stale-what = Показано последнее, что было известно. Страница обновится сама.
live-switch-down = Нет связи с Asterisk: звонки могут идти, но мы их не видим. Подключаемся снова.
above-norm = выше нормы

totals = Итоги
totals-waiting = Ждут
totals-longest = дольше всех
totals-talking = Говорят
totals-held = на удержании
totals-ready = Готовы
totals-wrap-up = поствызов
totals-unreachable = нет связи
totals-queues-waiting = с ожиданием
totals-own-targets = цели очередей
service-level = Уровень сервиса
counted-for = за
counted-since-start = Считается с начала дня

fallback = В резервной очереди Asterisk
fallback-what = Эти звонки приняты без нас и закончатся там же.
fallback-caller = Номер

queues = Очереди
queue = Очередь
queue-longest = Дольше всех
queue-off = Прочие
queue-nobody = никого нет
queue-people = Готовы: { $ready }, говорят: { $talking }, прочие: { $off }
queues-none = Нет очередей. Добавьте их командой

agents = Операторы
agent = Оператор
agent-state = Состояние
agent-since = Длится
agent-phone = Телефон
agent-then = затем
agent-blocked = Сейчас звонков не предлагаем
reason-unreachable = телефон слишком долго не на связи
block-private-call = личный звонок
block-fallback-call = резервная очередь
block-clearing = линия освобождается
block-resting = пауза телефона
agents-none = Нет операторов. Добавьте их командой

calls = Звонки
call-caller = Номер и очередь
call-state = Состояние
call-since = Длится
call-no-number = номер скрыт
calls-none = Звонков нет.
calls-none-dial = Звонок появится здесь, как только кто-нибудь наберёт { $number }.

state-ready = Готов
state-ringing = Звонит
state-talking = Говорит
state-held = Удержание
state-wrap-up = Поствызов
state-unreachable = Нет связи
state-logged-out = Не в сети
state-not-ready = Не готов
state-break = Перерыв
state-lunch = Обед
state-no-answer = Не ответил
state-refused = Отклонил
state-training = Обучение
state-meeting = Совещание
state-phone-failed = Ошибка телефона { $status }
state-phone-failed-once = Ошибка телефона
state-forwarded = Переадресовал
state-busy = Занято
state-logged-in = На месте
state-gone = Пропал
phase-waiting = Ждёт

lists = Списки
trend-range = за час от { $least } до { $most }

choice = Отбор
choice-find = Имя или номер
choice-all-queues = Все очереди
choice-agents = Состояние операторов
choice-all-agents = Все операторы
choice-calls = Состояние звонков
choice-all-calls = Все звонки
choice-clear = Сбросить
choice-clear-all = Показать всех
choice-shown = { $shown } из { $all }
choice-nothing = Под отбор никто не подходит.
doing-online = На линии
doing-in-call = В звонке
order-changes = { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[many] { $count } изменений
}
order-update = обновить порядок

panel = Подробности
panel-close = Закрыть
panel-loading = Загружаем
panel-failed = Сервер не ответил. Список остаётся верным, повторите.
panel-again = Загрузить снова
dialog-keep = Не надо

queue-gone = очередь вне настроек
agent-gone = оператор вне настроек
call-unknown = Звонок не найден
call-unknown-what = Такого звонка нет ни на линии, ни в журнале. Возможно, ссылка устарела.
call-just-ended = Только что завершён
call-waited = Ожидание { $waited }
call-talked = разговор { $talked }
agent-unknown = Оператор не найден
agent-unknown-what = В настройках такого оператора нет. Возможно, запись удалена.

story = Что было
story-awaited = Журнал ещё записывает этот звонок.
story-entered = Вошёл в очередь «{ $queue }»
story-offered = Звоним: { $agent }
story-not-answered = Без ответа: { $agent }
story-refused = Отказ: { $agent }
story-phone-failed = Телефон ответил ошибкой: { $agent }
story-forwarded = Телефон переадресовал звонок: { $agent }
story-busy = Телефон занят: { $agent }
story-unreachable = Телефон недоступен: { $agent }
story-switch-error = Asterisk не смог позвонить: { $agent }
story-withdrawn = Перестали звонить: { $agent }
story-answered = Ответ: { $agent }, ожидание { $waited }
story-undone = Соединить не удалось, ожидание продолжается
story-hold = Удержание { $lasted }
story-to-head = Супервизор поставил в начало очереди
story-hang-up = Супервизор завершил звонок
story-moved = Перешёл в очередь «{ $queue }»: { $why }
story-left = Вышел из очереди: { $why }
story-fallback = Звонок приняла резервная очередь Asterisk
story-mended = Восстановлен после перерыва связи
leaving-max-wait = вышло время ожидания
leaving-nobody-logged-in = никого на линии
leaving-nobody-ready = никто не готов
leaving-full = очередь полна
leaving-closed = очередь убрана из настроек
leaving-mishaps = сбои Asterisk
leaving-moved = так решил супервизор
ended-by-caller = Положил трубку клиент
ended-by-agent = Положил трубку оператор
ended-by-supervisor = Завершил супервизор
ended-by-program = Завершён по правилу
ended-by-switch = Оборвалась связь
outcome-answered = Отвечен
outcome-abandoned = Не дождался
outcome-returned = Ушёл из очереди
outcome-fallback = В резервной очереди
outcome-lost = Потерян

why-waits = Почему ждёт
why-chosen = Почему звоним именно им
why-agent = { $agent }: { $rule } из { $all } свободных ({ $value }).
why-only-agent = { $agent }: других свободных не было.
why-all-agents = { $agent }: звоним всем свободным сразу, их { $all }.
why-caller = { $agent }: из { $all } ожидавших этот звонок первый: { $rule }.
why-only-caller = { $agent }: ждал только этот звонок.
why-compared = Кого сравнивали
why-value = Показатель
why-more = И ещё { $more }, все дальше по порядку.
tier = Ряд
rule-longest-idle = дольше всех без звонка
rule-fewest-calls = меньше всех звонков
rule-round-robin = следующий по кругу
rule-linear = первый по порядку
rule-random = выбран жребием
rule-ring-all = звоним всем
rank-idle = без звонка { $idle }
rank-answered = { $calls ->
    [one] { $calls } звонок, без звонка { $idle }
    [few] { $calls } звонка, без звонка { $idle }
   *[many] { $calls } звонков, без звонка { $idle }
}
rank-place = место { $place }
rank-lot = жребий
first-at-head = поставлен в начало
first-priority = приоритет { $priority } выше
first-returned = вернулся в начало очереди
first-entered = ждал дольше всех
head-waited = Ждал
head-priority = Приоритет
waits-place = Место в очереди: { $place }.
waits-at-head = Супервизор поставил его в начало очереди.
waits-switch-lost = Связь с Asterisk потеряна: никому нельзя позвонить.
waits-no-agents = У очереди нет операторов.
waits-agents = Чем заняты операторы очереди:
waits-leaves = По правилу очереди уйдёт в
doing-other-call = Другой звонок
doing-ready-unheard = Готов, но связи с Asterisk нет
doing-elsewhere = На другом Asterisk

order-to-head = В начало очереди
order-to-queue = Перевести
order-to-which-queue = В другую очередь
order-hang-up = Завершить
order-hang-up-question = Завершить звонок?
order-hang-up-talk = { $number } и { $agent } говорят уже { $lasted }. Связь прервётся для обоих.
order-hang-up-wait = { $number } ждёт { $lasted } и останется без ответа.
order-ready = Сделать готовым
order-not-ready = Снять с линии
order-reason = Причина
order-no-reason = Без причины
order-log-out = Вывести
order-log-out-question = Вывести оператора?
order-log-out-what = { $agent } в звонке уже { $lasted }. Разговор не прервётся: оператор уйдёт с линии, когда он закончится.
said-done = Сделано.
said-later = Принято: сделаем, когда звонок закончится.
said-already = Так уже и есть.
said-over = Звонок уже завершён.
said-answered = На звонок уже ответили: переставлять поздно.
said-refused = Сейчас это невозможно. Состояние выше верное.
said-unclear = Выберите значение и повторите.

agent-with = Клиент
agent-after-call = После звонка:
agent-ready-at = Станет готов в
agent-queues = Очереди
agent-no-queues = Не обслуживает ни одной очереди.
agent-tier = ряд { $tier }
agent-day = Последние 12 часов
agent-day-none = За это время ничего не записано.
agent-day-unknown = Журнал сейчас недоступен.
agent-began = Начало
