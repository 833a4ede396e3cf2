# The desk: zones
desk-own = State
desk-change = Change the state
desk-phone = Phone
desk-then = After the call: { $state }
desk-queues = My queues
desk-queues-none = No queues. An administrator assigns them.
desk-today = Today
desk-answered = Answered
desk-missed = Missed
desk-talk = Talking
desk-average = Average per call
desk-ready-time = Ready
desk-not-ready-time = Not ready
desk-centre = Call
desk-actions = Actions

# The desk: connection
desk-stale-what = This is the last that was known. The page will update by itself.
desk-no-orders = Without a connection no order is passed on. The call is on the phone: hang up there.
desk-switch-down = No connection to Asterisk: the call goes on, but we do not see it. Reconnecting.
desk-failed = The order was not accepted. Look at the state and try again.

# The desk: between calls
desk-logged-out = You are off line
desk-logged-out-what = Press Ready, and calls will come to phone { $phone }.
desk-taken-off = Phone { $phone } was not connected for too long
desk-taken-off-what = So you were logged out. See to the phone and press Ready.
desk-logged-in = You are in place
desk-logged-in-what = No calls yet. Press Ready when you can take them.
desk-not-ready-what = No calls until you press Ready.
desk-no-answer = You did not answer a call
desk-no-answer-what = So there are no more calls. If phone { $phone } can be heard, press Ready.
desk-refused = The phone refused a call
desk-refused-what = So there are no more calls. Press Ready when you can answer.
desk-phone-failed = Phone { $phone } answered with error { $status }
desk-phone-failed-what = The call did not get through to it. See to the phone’s settings and press Ready.
desk-forwarded = Phone { $phone } forwarded a call
desk-forwarded-what = So there are no more calls. Turn forwarding off and press Ready.
desk-busy = Phone { $phone } was busy
desk-busy-what = It could not be reached several times in a row. Free the line and press Ready.
desk-gone = The desk was gone
desk-gone-what = The page did not respond, so calls were stopped. It is back: press Ready to go on.
desk-ready = You are ready
desk-ready-what = The next call will come to phone { $phone } and appear here by itself.
desk-no-queue = You are in no queue
desk-no-queue-what = No calls until an administrator assigns you a queue.
desk-private = Phone { $phone } is in another call
desk-private-what = Queue calls will come when it is over.
desk-fallback = A call of the backup queue is under way
desk-fallback-what = Asterisk itself assigned it. When it is over, calls will come as usual.
desk-clearing = The line is clearing
desk-clearing-what = The last call has not disconnected yet. This takes seconds.
desk-resting = Phone { $phone } is resting
desk-resting-what = It was busy or did not ring, so we wait some seconds. Ready brings calls at once.
desk-unreachable = Phone { $phone } is not connected
desk-unreachable-what = Calls will come as soon as it registers. Check that
desk-check-power = the phone is on and in the network;
desk-check-account = account { $phone } works in it;
desk-check-help = if that does not help, ask an administrator.
desk-waiting = { $count ->
    [0] — nobody is waiting
    [one] is waiting
   *[other] are waiting
}

# The desk: a call
desk-rings-title = Ringing: { $number }
desk-rings-hidden = Ringing: number withheld
desk-waits = Waiting for
desk-answer = Answer on phone { $phone }
desk-conversation = Conversation
desk-on-hold = On hold
desk-held-what = The caller hears music. Resume the conversation on the phone.
desk-in-all = Since the call began
desk-left = Left
desk-waited = Waited
desk-wrap-up-what = Finish the work of this call. Then you are ready again.
desk-limit = No longer: wrap-up lasts 10 minutes at most. If you need time, choose Not ready.
desk-last = Last call
desk-when = Came in
desk-outcome = Outcome

# The desk: why it rings here
why-alone = Of this queue’s agents only you are ready.
why-all = It rings at all who are ready: whoever answers first has the call.
why-idle = You have been without a call longest of those ready: { $time }.
why-fewest = You have answered fewer calls than the others who are ready: { $count }.
why-turn = It is your turn: the queue goes round.
why-first = Of those ready you are first in the queue’s list.
why-lot = The agent was drawn by lot.
why-best = Of those ready you fit best.
why-freed = You became free, and the caller was waiting.
why-longest = You became free, and this caller was first.
why-put-first = You became free, and this caller had been put first.
why-priority = You became free, and this call has a higher priority.
why-returned = You became free, and this caller had gone unanswered before.

# The desk: at the right
desk-caller = Caller
desk-first-call = Nobody has called from this number before.
desk-unknown-caller = The number is withheld: earlier calls cannot be found.
desk-earlier = Earlier calls from this number
desk-my-calls = My calls
desk-my-calls-none = Calls that you answer will appear here.
desk-missed-calls = Missed today
desk-goes-on = still going on

# The desk: actions
desk-do-ready = Ready
desk-do-not-ready = Not ready
desk-do-longer = +30 s
desk-do-hang-up = Hang up
desk-do-log-in = In place, no calls
desk-do-log-out = Go off line
desk-keys = Keys
desk-key-reason = A reason in the open menu
desk-key-close = Close the menu

# The desk: when there is none
desk-none = You have no desk
desk-none-agent = Agents have desks, and your account belongs to no agent.
desk-none-settings = Your account belongs to an agent who is no longer in the settings.
desk-none-help = An administrator can link it to an agent. Then reload this page.
