"""The obvious way to write it: Flask, an ORM session a request, a scheduler job a contact.

Written as an experienced developer would on a first day, and with the same promises as far as this
way can keep them: it checks signatures, hears a message once, keeps a chained ledger, and commits
durably. What it loses on `kill -9`: nothing that was committed, but a job that fired and did not
commit is gone, since the scheduler removes a job from its store when it hands it to a thread.
"""
