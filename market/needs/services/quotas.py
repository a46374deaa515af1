"""The quota of one cooperative: proposed by the office or the agent, approved by a second person."""

from __future__ import annotations

from datetime import date

from market.commodities import queries as commodities
from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _, format_date, lazy
from market.core.money import group
from market.core.permissions import Actor, Permission, Role
from market.core.text import clean
from market.identity import queries as identity
from market.identity.models import Organization
from market.needs import queries
from market.needs.models_quotas import OutletQuota
from market.notices import services as notices

MOST_PACKS = 1_000_000
READERS = (Role.SECRETARY, Role.TREASURER, Role.CHAIR)


def propose_quota(
    actor: Actor, cooperative_id: int, pack_id: int, packs: int, valid_from_on: date, source: str
) -> OutletQuota:
    """Say how many packs of an administered good a cooperative gets per calendar month, from a day on.

    It counts once another person of the office approves it. Raises Forbidden, and Refused at the field
    that breaks a rule: a cooperative elsewhere, a good without quotas, a month that is over, no source.
    """
    actor.require(Permission.QUOTA_PROPOSE)
    if cooperative_id not in {each.id for each in cooperatives(actor)}:
        raise Refused(_("Pilih koperasi dari daftar."), field="cooperative_id")
    pack = commodities.pack(pack_id)
    if pack.commodity.handling != "administered":
        raise Refused(_("Hanya barang berharga tetap pemerintah yang punya jatah."), field="pack_id")
    if not 0 <= packs <= MOST_PACKS:
        raise Refused(_("Isi antara 0 dan %(most)s.", most=group(MOST_PACKS)), field="packs")
    if valid_from_on < clock.today().replace(day=1):
        raise Refused(_("Paling awal bulan ini."), field="valid_from_on")
    source = clean(source, 200)
    if not source:
        raise Refused(_("Tulis nomor surat atau dasarnya."), field="source")
    if queries.quota_of_day(cooperative_id, pack.id, valid_from_on) is not None:
        raise Refused(_("Jatah barang ini untuk hari itu sudah ada."), field="valid_from_on")
    quota = OutletQuota(
        organization_id=cooperative_id,
        pack_id=pack.id,
        packs=packs,
        valid_from_on=valid_from_on,
        source=source,
        proposed_for=actor.organization_id,
        proposed_by=actor.user_id,
        proposed_at=clock.now(),
    )
    db.session.add(quota)
    db.session.flush()
    states.start(quota, actor)
    faults.point("quota_proposed")
    return quota


def cooperatives(actor: Actor) -> list[Organization]:
    """Of whom the actor may propose a quota: those of the office's place, or of an agent's province."""
    scope = actor.scope_code
    if actor.organization_kind == "supplier":
        scope = (identity.organization(actor.organization_id or 0).place_code or "")[:2]
    return identity.organizations("cooperative", scope)


def decide_quota(actor: Actor, quota_id: int, approve: bool, reason: str = "") -> OutletQuota:
    """Approve or reject a proposed quota; never one's own. The cooperative is told.

    Raises Forbidden, NotFound, Refused for one's own, a decided one, or a refusal without a reason.
    """
    actor.require(Permission.QUOTA_DECIDE)
    quota = queries.quota_to_decide(actor, quota_id)
    if quota.state != "proposed":
        raise Refused(_("Jatah ini sudah diputuskan."))
    if quota.proposed_by == actor.user_id:
        raise Refused(_("Usulan Anda sendiri harus disetujui orang lain."))
    reason = clean(reason, 300)
    if not approve and not reason:
        raise Refused(_("Tulis alasannya."), field="reason")
    done = {"decided_by": actor.user_id, "decided_at": clock.now()}
    states.advance(quota, "approved" if approve else "rejected", actor, reason, also=done)
    faults.point("quota_decided")
    if approve:
        _tell(quota)
    return quota


def _tell(quota: OutletQuota) -> None:
    pack = quota.pack
    amount = f"{group(quota.packs)} {pack.unit_word}"
    notices.notify(
        quota.organization_id,
        READERS,
        "quota_set",
        lazy("Jatah %(good)s: %(amount)s per bulan", good=pack.commodity.name, amount=amount),
        lazy("Mulai %(day)s. Dasar: %(source)s.", day=format_date(quota.valid_from_on), source=quota.source),
        "/jatah",
    )
