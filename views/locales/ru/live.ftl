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
counted-since-start = Считается с запуска программы

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
state-logged-in = На месте
phase-waiting = Ждёт
