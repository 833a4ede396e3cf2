# The gallery
gallery-what = Every part of the pages in every state, in the language and theme that you chose.
gallery-colours = Colours
gallery-type = Type
gallery-pangram = Sphinx of black quartz, judge my vow 0123456789
gallery-icons = Icons
gallery-buttons = Buttons
gallery-do = Save
gallery-fields = Fields
gallery-badges = States
gallery-times = Time and urgency
gallery-numbers = Numbers
gallery-notices = Notices
gallery-tables = Tables
