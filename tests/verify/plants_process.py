"""Ways to break I26 to I31."""

from __future__ import annotations

from tests.ledger.tamper import tamper
from tests.verify.planting import breaks


@breaks("I26")
def a_need_that_moved_unseen(lived):
    tamper("UPDATE need SET state = 'fulfilled'")


@breaks("I26")
def a_move_that_no_table_allows(lived):
    last = "(SELECT max(id) FROM state_change WHERE subject_table = 'need')"
    tamper(
        f"UPDATE state_change SET to_state = 'fulfilled' WHERE id = {last}",
        "UPDATE need SET state = 'fulfilled'",
    )


@breaks("I26")
def a_history_with_a_hole(lived):
    middle = "(SELECT min(id) + 1 FROM state_change WHERE subject_table = 'need')"
    tamper(f"DELETE FROM state_change WHERE id = {middle} AND subject_table = 'need'")


@breaks("I26")
def a_need_whose_history_is_gone(lived):
    tamper("DELETE FROM state_change WHERE subject_table = 'need'")


@breaks("I27")
def a_job_that_gave_up(lived):
    tamper("UPDATE job SET state = 'stuck'")


@breaks("I27")
def a_job_that_waits_for_an_hour(lived):
    tamper("UPDATE job SET state = 'waiting', run_at = '2026-01-01 00:00:00.000000+00:00'")


@breaks("I29")
def one_person_who_decides_for_two(lived):
    tamper(
        "UPDATE approval SET decided_by = proposed_by WHERE decided_by IS NOT NULL",
        without=[("approval", "ck_approval_two_people")],
    )


@breaks("I29")
def somebody_who_had_no_seat_that_day(lived):
    tamper(f"UPDATE role_grant SET ended_on = '2026-01-01' WHERE user_id = {lived.cast.hadi.user_id}")


@breaks("I30")
def a_line_of_an_order_of_another(lived):
    tamper(f"UPDATE purchase_order_line SET organization_id = {lived.other} WHERE kind = 'truck'")


@breaks("I31")
def a_nik_in_a_note(lived):
    tamper("UPDATE need SET note = 'a.n. Siti 3578084507900001'")


@breaks("I31")
def a_telephone_number_in_an_error(lived):
    tamper("UPDATE job SET last_error = 'cannot send to 081234567890'")
