"""News reaches those who hold the seat, in their language, and by mail when the mail works."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from market.core import clock, db, jobs, messages
from market.core.errors import NotFound
from market.core.i18n import lazy
from market.core.permissions import Role
from market.identity.models import User
from market.identity.queries import people
from market.notices import queries, services
from market.notices.jobs import on_notice_mail
from market.notices.models import MAX_TITLE, Notice
from tests import factories

HANDLERS = {"notice_mail": on_notice_mail}


class BrokenPort:
    """Fails the first times, like a mail server in trouble."""

    def __init__(self, *failures: messages.DeliveryFailed) -> None:
        self.failures, self.sent = list(failures), []

    def send(self, message: messages.Message) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)


@pytest.fixture
def port(cast):
    """A port that keeps what is sent, and the address of our site."""
    made = messages.MemoryPort()
    messages.configure(made, "https://lumbung.example/")
    return made


def give_mail(actor, address: str) -> None:
    db.session.get_one(User, actor.user_id).email = address
    db.session.flush()


def tell(cast, roles=(Role.SECRETARY, Role.CHAIR), title="Kabar baru", link="/kabar"):
    return services.notify(cast.makmur.id, roles, "news", title, "Isi kabar.", link)


def the_job() -> jobs.Job:
    return db.session.scalars(select(jobs.Job).where(jobs.Job.kind == "notice_mail")).one()


def test_every_holder_of_a_seat_is_told_and_nobody_else(cast):
    with db.transaction():
        tell(cast)
    with db.transaction(read_only=True):
        assert queries.unread(cast.sri) == queries.unread(cast.hadi) == 1
        assert queries.unread(cast.budi) == queries.unread(cast.wati) == 0
        assert queries.inbox(cast.sri)[0].title == "Kabar baru"


def test_a_person_with_two_seats_is_told_once(cast):
    with db.transaction():
        factories.services.grant_role(cast.hadi, cast.sri.user_id, cast.makmur.id, Role.CASHIER)
        told = tell(cast, (Role.SECRETARY, Role.CASHIER))
    assert [notice.user_id for notice in told].count(cast.sri.user_id) == 1


def test_whose_seat_ended_is_not_told(cast):
    with db.transaction():
        grant = next(g for g, user in people(cast.makmur.id) if user.id == cast.sri.user_id)
        factories.services.end_role(cast.hadi, grant.id)
        assert [notice.user_id for notice in tell(cast)] == [cast.hadi.user_id]


def test_news_is_written_in_the_language_of_its_reader(cast, monkeypatch):
    with db.transaction():
        db.session.get_one(User, cast.hadi.user_id).locale = "en"
        monkeypatch.setattr("market.core.i18n.available", lambda: ("id", "en"))
        monkeypatch.setattr(
            "market.core.i18n._catalogue",
            lambda locale: _Spoken(locale),
        )
        told = {n.user_id: n.title for n in tell(cast, title=lazy("Titipan %(name)s", name="Keripik"))}
    assert told[cast.hadi.user_id] == "[en] Titipan Keripik"
    assert told[cast.sri.user_id] == "[id] Titipan Keripik"


class _Spoken:
    def __init__(self, locale: str) -> None:
        self.locale = locale

    def gettext(self, message: str) -> str:
        return f"[{self.locale}] {message}"


@pytest.mark.parametrize("link", ["https://jahat.example", "//jahat.example", "kabar", ""])
def test_news_leads_to_our_own_pages_only(cast, link):
    with pytest.raises(ValueError), db.transaction():
        tell(cast, link=link)


def test_a_long_title_is_cut_to_fit(cast):
    with db.transaction():
        assert len(tell(cast, title="x" * 400)[0].title) == MAX_TITLE


def test_who_has_an_address_gets_a_mail_with_a_whole_link(cast, port):
    with db.transaction():
        give_mail(cast.sri, "sri@example.id")
        tell(cast, link="/produk/7")
    assert jobs.run_all(HANDLERS) == 1
    (mail,) = port.sent
    assert (mail.to, mail.subject) == ("sri@example.id", "Kabar baru")
    assert "https://lumbung.example/produk/7\n" in mail.text
    with db.transaction(read_only=True):
        sent = db.session.scalars(select(Notice).where(Notice.user_id == cast.sri.user_id)).one()
        assert sent.sent_at is not None
        assert mail.key == f"notice-{sent.id}"


def test_a_mail_is_sent_once_even_when_the_job_runs_again(cast, port):
    with db.transaction():
        give_mail(cast.sri, "sri@example.id")
        (notice,) = tell(cast, (Role.SECRETARY,))
    on_notice_mail({"notice_id": notice.id})
    on_notice_mail({"notice_id": notice.id})
    assert len(port.sent) == 1


def test_no_news_no_mail_when_the_fact_is_rolled_back(cast, port):
    with pytest.raises(RuntimeError), db.transaction():
        give_mail(cast.sri, "sri@example.id")
        tell(cast)
        raise RuntimeError
    assert jobs.run_all(HANDLERS) == 0
    assert port.sent == []


def test_a_mail_that_fails_for_now_is_tried_again(cast):
    port = BrokenPort(messages.DeliveryFailed("busy", temporary=True))
    messages.configure(port, "https://lumbung.example")
    with db.transaction():
        give_mail(cast.sri, "sri@example.id")
        (notice,) = tell(cast, (Role.SECRETARY,))
    assert jobs.run_all(HANDLERS) == 1
    with db.transaction(read_only=True):
        job = the_job()
        assert (job.state, job.attempts) == ("waiting", 1)
        assert "busy" in job.last_error
        assert db.session.get_one(Notice, notice.id).sent_at is None
    clock.travel(10)
    assert jobs.run_all(HANDLERS) == 1
    assert len(port.sent) == 1
    with db.transaction(read_only=True):
        assert the_job().state == "done"


@pytest.mark.parametrize("address", ["bukan alamat", "sri@example.id"])
def test_a_mail_that_can_never_arrive_is_given_up_and_said(cast, address):
    port = BrokenPort(*[messages.DeliveryFailed("recipient refused", temporary=False)] * 3)
    messages.configure(port)
    with db.transaction():
        give_mail(cast.sri, address)
        (notice,) = tell(cast, (Role.SECRETARY,))
    assert jobs.run_all(HANDLERS) == 1
    with db.transaction(read_only=True):
        assert the_job().state == "done"
        kept = db.session.get_one(Notice, notice.id)
        assert (kept.sent_at, bool(kept.failure)) == (None, True)
        assert queries.unread(cast.sri) == 1
    on_notice_mail({"notice_id": notice.id})
    assert len(port.failures) >= 2


def test_no_transaction_is_open_while_the_mail_server_talks(cast, monkeypatch):
    open_ones = []

    class Watching(messages.MemoryPort):
        def send(self, message):
            open_ones.append(db.session.registry.has() and db.session().in_transaction())

    messages.configure(Watching())
    with db.transaction():
        give_mail(cast.sri, "sri@example.id")
        tell(cast, (Role.SECRETARY,))
    jobs.run_all(HANDLERS)
    assert open_ones == [False]


def test_reading_marks_and_somebody_elses_news_is_not_there(cast):
    with db.transaction():
        for_sri = next(n for n in tell(cast) if n.user_id == cast.sri.user_id)
    with db.transaction():
        read = services.mark_read(cast.sri, for_sri.id).read_at
        clock.travel(60)
        assert services.mark_read(cast.sri, for_sri.id).read_at == read
        assert queries.unread(cast.sri) == 0
        for stranger in (cast.hadi, cast.wati, cast.joko):
            with pytest.raises(NotFound):
                services.mark_read(stranger, for_sri.id)
        with pytest.raises(NotFound):
            services.mark_read(cast.sri, 2**80)


def test_all_are_marked_read_in_ones_own_inbox_only(cast):
    with db.transaction():
        tell(cast)
        tell(cast)
        assert services.mark_all_read(cast.sri) == 2
        assert services.mark_all_read(cast.sri) == 0
        assert queries.unread(cast.hadi) == 2


def test_unread_news_stands_above_read_news(cast):
    with db.transaction():
        first, second, third = (tell(cast, (Role.SECRETARY,))[0].id for _each in range(3))
        services.mark_read(cast.sri, third)
        assert [notice.id for notice in queries.inbox(cast.sri)] == [second, first, third]
