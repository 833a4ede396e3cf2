# Fields
field-optional = optional
switch-on = on
switch-off = off

# A period
period = Period
period-today = Today
period-yesterday = Yesterday
period-week = 7 days
period-month = Month
period-from = Period begins
period-to = Period ends
period-show = Show

# A file
file-choose = Choose file
file-other = Other file
file-drop = or drop it here
file-sending = Sending
file-rule = { $kinds }, at most { $size }.
file-too-large = The file is larger than { $size }. Shorten it, or save it with less quality.
file-wrong-kind = Only { $kinds } will do. Choose another file.
file-failed = The file was not sent: the server cannot be reached. Try again.

# Filters
filter-show = Show
filter-chosen = Chosen filters
filter-remove = Remove filter
filter-reset = Reset

# Picking rows
bulk-picked = Picked rows
bulk-count = { $count ->
    [one] { $count } row picked
   *[other] { $count } rows picked
}
bulk-none = Pick none
bulk-all = Pick all on this page
bulk-one = Pick { $name }

# Pages of a list
paging = { $list }: pages
paging-of = { $range } of { $all }
paging-of-more = { $range } of more than { $some }
paging-before = Back
paging-after = Next
paging-page = Page { $page }

# Errors of a form
errors-count = { $count ->
    [one] Correct { $count } field
   *[other] Correct { $count } fields
}

# Saving
save = Save
save-changes = { $count ->
    [one] { $count } change
   *[other] { $count } changes
}
save-unsaved = Unsaved changes
save-undo = Undo
save-compare = Compare
save-compare-title = What will change
save-what = Setting
save-was = Now
save-becomes = Becomes
save-secret = a new value

# Work under way
job-queued = Queued
job-before = { $count ->
    [0] Begins right after the current job.
    [one] { $count } job before it.
   *[other] { $count } jobs before it.
}
job-of = { $done } of { $all }
job-percent = { $percent }%
job-left = { $time } left
job-failed = Failed
job-again = Try again
job-done = Done
step-waiting = waiting
step-running = running
step-passed = done, { $seconds } s
step-failed = failed

# The way through settings
trail = Trail
