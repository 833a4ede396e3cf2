# Образцы
gallery-what = Все части страниц во всех состояниях, в выбранных языке и теме.
gallery-colours = Цвета
gallery-type = Шрифт
gallery-pangram = Съешь ещё этих мягких булок 0123456789
gallery-icons = Значки
gallery-buttons = Кнопки
gallery-do = Сохранить
gallery-fields = Поля
gallery-badges = Состояния
gallery-times = Время и срочность
gallery-numbers = Числа
gallery-notices = Сообщения
gallery-tables = Таблицы
