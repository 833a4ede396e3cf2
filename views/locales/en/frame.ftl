# The frame of the pages
nav = Sections
skip = Skip to content
logout = Sign out
desk-title = Desk
gallery-title = Gallery
account-title = Account
role-operator = operator
role-supervisor = supervisor
role-admin = administrator

# Signing in
login-title = Sign in
login-email = E-mail
login-password = Password
login-button = Sign in
login-exposed = This connection is not protected: the password can be read on its way. Open the page by https, or on the server itself.
error-wrong-password = E-mail or password did not match. Check the keyboard layout and try again.
error-empty = Enter your e-mail and password.
error-minutes = Too many attempts. Try again in { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}.

# Errors
error-not-found = There is no such page
error-not-found-what = The link may be out of date, or the address mistyped.
error-forbidden = No access
error-forbidden-what = This page is not open to your role. An administrator can grant it.
error-refused = The request was not accepted
error-refused-what = It came from another site or was damaged. Go back to the page and try again.
error-internal = Something broke on our side
error-internal-what = Calls are not affected. Try again; if that does not help, show the server's log to an administrator.
error-unavailable = The server does not answer
error-unavailable-what = The database or the call loop is out of reach. The command callsync doctor says what is wrong.
error-home = Go to the start
