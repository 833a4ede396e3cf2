live-title = Live
live-stale = No connection
live-stale-what = You see the last that was known. The page will catch up by itself.
live-switch-down = No connection to Asterisk: calls may go on, but we do not see them. Reconnecting.
above-norm = above target

totals = Totals
totals-waiting = Waiting
totals-longest = longest
totals-talking = Talking
totals-held = on hold
totals-ready = Ready
totals-wrap-up = wrap-up
totals-unreachable = unreachable
totals-queues-waiting = with callers
totals-own-targets = own targets
service-level = Service level
counted-for = last
counted-since-start = Counted since the program started

queues = Queues
queue = Queue
queue-longest = Longest
queue-off = Other
queue-nobody = nobody
queue-people = Ready: { $ready }, talking: { $talking }, other: { $off }
queues-none = No queues. Add them by the command

agents = Agents
agent = Agent
agent-state = State
agent-since = For
agent-phone = Phone
agent-then = then
agents-none = No agents. Add them by the command

calls = Calls
call-caller = Number and queue
call-state = State
call-since = For
call-no-number = number withheld
calls-none = No calls.
calls-none-dial = A call will show here as soon as somebody dials { $number }.

state-ready = Ready
state-ringing = Ringing
state-talking = Talking
state-held = On hold
state-wrap-up = Wrap-up
state-unreachable = Unreachable
state-logged-out = Logged out
state-not-ready = Not ready
state-break = Break
state-lunch = Lunch
state-no-answer = No answer
state-refused = Refused
state-logged-in = Signed in
phase-waiting = Waiting
