"""Texts of packages that our pages show and whose own Hungarian is missing, or speaks to people too familiarly.

Our catalogue overrides theirs. What is listed here must exist there; tests/test_messages.py checks it.
"""

ALLAUTH = (
    "This account is currently inactive.",
    "You cannot remove your primary email address.",
    "This email address is already associated with this account.",
    "The email address and/or password you specified are not correct.",
    "A user is already registered with this email address.",
    "Please type your current password.",
    "Incorrect password.",
    "The password reset token was invalid.",
    "You cannot add more than %d email addresses.",
    "Too many failed login attempts. Try again later.",
    "The email address is not assigned to any user account.",
    "Your primary email address must be verified.",
    "The new value must be different from the current one.",
    "Be patient, you are sending too many requests.",
    "Use your password",
    "Email",
    "Email address",
    "You must type the same password each time.",
    "Remember Me",
    "Forgot your password?",
    "Please reauthenticate to safeguard your account.",
    "Email Addresses",
    "The following email addresses are associated with your account:",
    "Add Email Address",
    "Add Email",
    "Do you really want to remove the selected email address?",
    "Successfully signed in as %(name)s.",
    "You have signed out.",
    "Password successfully changed.",
    "Password successfully set.",
    "Confirmation email sent to %(email)s.",
    "You have confirmed %(email)s.",
    "Removed email address %(email)s.",
    "Primary email address set.",
    "You cannot remove your primary email address (%(email)s).",
    "Unable to confirm %(email)s because it is already confirmed by a different account.",
    "Confirm Email Address",
    'Please confirm that <a href="mailto:%(email)s">%(email)s</a> is an email address for user %(user_display)s.',
    "Please Confirm Your Email Address",
    "Enter your password:",
)
ADMIN = (
    "Model name",
    "Add link",
    "Change or view list link",
    "This action will <strong>enable</strong> password-based authentication for this user.",
    "Disable password-based authentication",
    "Enable password-based authentication",
)
AUTH = (
    "Conflicting form data submitted. Please try again.",
    "Password-based authentication was disabled.",
    "Reset password",
    "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to "
    "authenticate using other backends, such as Single Sign-On or LDAP.",
    "Password-based authentication",
    "Enabled",
    "Disabled",
    "Raw passwords are not stored, so there is no way to see the user’s password.",
    "Enable password-based authentication for this user by setting a password.",
)
BORROWED = {"allauth": ALLAUTH, "django.contrib.admin": ADMIN, "django.contrib.auth": AUTH}
