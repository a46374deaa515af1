"""Who may do what: one enum of permissions, one enum of roles, one table that joins them.

A person has one or more roles, each in one organization (RoleGrant); while working, one of them is
in force and makes the Actor that every service takes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from market.core.errors import Forbidden
from market.core.i18n import _, lazy


class Role(StrEnum):
    """A seat in an organization."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    SECRETARY = "secretary"
    TREASURER = "treasurer"
    CASHIER = "cashier"
    SUPERVISOR = "supervisor"
    LURAH = "lurah"
    MEMBER = "member"
    COACH = "coach"
    CAMAT = "camat"
    SUPPLIER_SALES = "supplier_sales"
    SELLER_OWNER = "seller_owner"
    OFFICE_OFFICER = "office_officer"
    OFFICE_HEAD = "office_head"
    PROVINCE_OFFICER = "province_officer"
    BANK_OFFICER = "bank_officer"
    PLATFORM_ADMIN = "platform_admin"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


class Permission(StrEnum):
    """One use case, or one page that shows something not everybody may see."""

    # home and self
    HOME_VIEW = "home_view"
    NOTICES_VIEW = "notices_view"
    # identity
    PEOPLE_VIEW = "people_view"
    PEOPLE_MANAGE = "people_manage"
    # commodities
    COMMODITIES_VIEW = "commodities_view"
    PRICE_RULE_PROPOSE = "price_rule_propose"
    PRICE_RULE_APPROVE = "price_rule_approve"
    QUOTA_PROPOSE = "quota_propose"
    QUOTA_DECIDE = "quota_decide"
    PRICE_OBSERVE = "price_observe"
    # ledger
    BOOKS_VIEW = "books_view"
    BOOKS_POST = "books_post"
    BOOKS_REVERSE = "books_reverse"
    OPENING_IMPORT = "opening_import"
    BOOKS_APPROVE = "books_approve"
    # stock
    STOCK_VIEW = "stock_view"
    STOCK_MOVE = "stock_move"
    STOCK_WRITE_OFF_APPROVE = "stock_write_off_approve"
    STOCK_OFFER = "stock_offer"
    # catalogue
    PRODUCTS_VIEW = "products_view"
    PRODUCT_LIST = "product_list"
    PRODUCT_APPROVE = "product_approve"
    PERMIT_RULE_PROPOSE = "permit_rule_propose"
    PERMIT_RULE_APPROVE = "permit_rule_approve"
    # needs
    NEEDS_VIEW = "needs_view"
    NEEDS_POST = "needs_post"
    NEEDS_APPROVE = "needs_approve"
    # inputs
    INPUTS_VIEW = "inputs_view"
    INPUTS_POST = "inputs_post"
    INPUTS_DECIDE = "inputs_decide"
    INPUTS_CASH = "inputs_cash"
    # offers
    OFFERS_VIEW = "offers_view"
    OFFERS_MAKE = "offers_make"
    SUPPLIER_AUTHORISE = "supplier_authorise"
    # rounds
    ROUNDS_VIEW = "rounds_view"
    ROUNDS_RUN = "rounds_run"
    ASSIGNMENTS_ANSWER = "assignments_answer"
    # purchasing
    ORDERS_VIEW = "orders_view"
    GOODS_RECEIVE = "goods_receive"
    BILLS_RECORD = "bills_record"
    PAYMENT_PROPOSE = "payment_propose"
    PAYMENT_APPROVE = "payment_approve"
    MONEY_IN_VIEW = "money_in_view"
    MONEY_IN_SETTLE = "money_in_settle"
    MERCHANT_PROPOSE = "merchant_propose"
    MERCHANT_APPROVE = "merchant_approve"
    CLAIMS_VIEW = "claims_view"
    CASE_ACCEPT = "case_accept"
    CREDIT_ISSUE = "credit_issue"
    GOODS_RETURN = "goods_return"
    ACCOUNT_KEEP = "account_keep"
    EARNINGS_KEEP = "earnings_keep"
    # members
    MEMBERS_VIEW = "members_view"
    MEMBERS_ADMIT = "members_admit"
    MEMBERS_REVEAL = "members_reveal"
    MEMBERS_LOG_VIEW = "members_log_view"
    # savings
    SAVINGS_VIEW = "savings_view"
    SAVINGS_TAKE = "savings_take"
    SAVINGS_SET = "savings_set"
    SAVINGS_APPROVE = "savings_approve"
    # sellers
    SELLERS_VIEW = "sellers_view"
    SELLERS_DECIDE = "sellers_decide"
    SELLER_KEEP = "seller_keep"
    # retail
    RETAIL_VIEW = "retail_view"
    RETAIL_HAND_OVER = "retail_hand_over"
    RETAIL_ANSWER = "retail_answer"
    DELIVERY_KEEP = "delivery_keep"
    VOUCHERS_KEEP = "vouchers_keep"
    COMPLAINTS_DECIDE = "complaints_decide"
    COMPLAINTS_VIEW = "complaints_view"
    # reviews
    REVIEWS_ANSWER = "reviews_answer"
    REVIEWS_MODERATE = "reviews_moderate"
    # counter
    COUNTER_SELL = "counter_sell"
    COUNTER_APPROVE = "counter_approve"
    # monitoring
    BOARD_VIEW = "board_view"
    COOPERATIVE_VIEW = "cooperative_view"
    TRAIL_VIEW = "trail_view"
    OPERATE = "operate"
    SETTINGS_MANAGE = "settings_manage"


P = Permission

_EVERYONE = {P.HOME_VIEW, P.NOTICES_VIEW, P.COMMODITIES_VIEW}
_BOOKS = {P.BOOKS_VIEW, P.TRAIL_VIEW, P.MONEY_IN_VIEW}
_COOPERATIVE_VIEW = (
    _EVERYONE
    | _BOOKS
    | {
        P.PEOPLE_VIEW,
        P.STOCK_VIEW,
        P.PRODUCTS_VIEW,
        P.NEEDS_VIEW,
        P.INPUTS_VIEW,
        P.ROUNDS_VIEW,
        P.ORDERS_VIEW,
        P.CLAIMS_VIEW,
        P.RETAIL_VIEW,
        P.COMPLAINTS_VIEW,
        P.MEMBERS_VIEW,
        P.SAVINGS_VIEW,
        P.SELLERS_VIEW,
    }
)
_SHOP_RULES = {P.DELIVERY_KEEP, P.VOUCHERS_KEEP, P.COMPLAINTS_DECIDE}
_COUNTER = {P.STOCK_MOVE, P.GOODS_RECEIVE, P.RETAIL_HAND_OVER, P.COUNTER_SELL}
_SECRETARY = (
    _COOPERATIVE_VIEW
    | _COUNTER
    | {P.INPUTS_DECIDE}
    | {P.NEEDS_POST, P.PRODUCT_APPROVE, P.PRODUCT_LIST, P.PRICE_OBSERVE, P.STOCK_OFFER, P.GOODS_RETURN}
    | {P.MEMBERS_ADMIT, P.MEMBERS_REVEAL, P.REVIEWS_ANSWER, P.REVIEWS_MODERATE}
    | _SHOP_RULES
)
_TREASURER = _COOPERATIVE_VIEW | {
    P.NEEDS_POST,
    P.NEEDS_APPROVE,
    P.INPUTS_DECIDE,
    P.INPUTS_CASH,
    P.STOCK_MOVE,
    P.GOODS_RECEIVE,
    P.BOOKS_POST,
    P.BOOKS_REVERSE,
    P.OPENING_IMPORT,
    P.BILLS_RECORD,
    P.PAYMENT_PROPOSE,
    P.MONEY_IN_SETTLE,
    P.MERCHANT_PROPOSE,
    P.SAVINGS_TAKE,
    P.SAVINGS_APPROVE,
    P.GOODS_RETURN,
    P.STOCK_WRITE_OFF_APPROVE,
    P.STOCK_OFFER,
    P.RETAIL_HAND_OVER,
    P.COUNTER_SELL,
    P.COUNTER_APPROVE,
    *_SHOP_RULES,
}
_CHAIR = _COOPERATIVE_VIEW | {
    P.REVIEWS_ANSWER,
    P.REVIEWS_MODERATE,
    P.MEMBERS_ADMIT,
    P.MEMBERS_REVEAL,
    P.MEMBERS_LOG_VIEW,
    P.SAVINGS_SET,
    P.SAVINGS_APPROVE,
    P.SELLERS_DECIDE,
    P.PEOPLE_MANAGE,
    P.SETTINGS_MANAGE,
    P.NEEDS_POST,
    P.NEEDS_APPROVE,
    P.INPUTS_DECIDE,
    P.PRODUCT_APPROVE,
    P.PRODUCT_LIST,
    P.STOCK_WRITE_OFF_APPROVE,
    P.STOCK_OFFER,
    P.PAYMENT_APPROVE,
    P.MERCHANT_APPROVE,
    P.CASE_ACCEPT,
    P.BOOKS_REVERSE,
    P.BOOKS_APPROVE,
    P.GOODS_RECEIVE,
    P.RETAIL_HAND_OVER,
    P.COUNTER_SELL,
    P.COUNTER_APPROVE,
    *_SHOP_RULES,
}
_OFFICE_VIEW = _EVERYONE | {P.BOARD_VIEW, P.COOPERATIVE_VIEW, P.ROUNDS_VIEW, P.NEEDS_VIEW, P.CLAIMS_VIEW}
_OFFICE = _OFFICE_VIEW | {
    P.ROUNDS_RUN,
    P.PRICE_OBSERVE,
    P.PRICE_RULE_PROPOSE,
    P.PERMIT_RULE_PROPOSE,
    P.QUOTA_PROPOSE,
    P.QUOTA_DECIDE,
    P.SUPPLIER_AUTHORISE,
    P.SETTINGS_MANAGE,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CHAIR: frozenset(_CHAIR),
    Role.VICE_CHAIR: frozenset(_CHAIR - {P.PEOPLE_MANAGE, P.SETTINGS_MANAGE}),
    Role.SECRETARY: frozenset(_SECRETARY),
    Role.TREASURER: frozenset(_TREASURER),
    Role.CASHIER: frozenset(
        _EVERYONE
        | _COUNTER
        | {P.STOCK_VIEW, P.PRODUCTS_VIEW, P.ORDERS_VIEW, P.CLAIMS_VIEW, P.RETAIL_VIEW}
        | {P.INPUTS_VIEW, P.INPUTS_CASH, P.COMPLAINTS_VIEW, P.SAVINGS_VIEW, P.SAVINGS_TAKE}
    ),
    Role.SUPERVISOR: frozenset(_COOPERATIVE_VIEW | {P.MEMBERS_LOG_VIEW}),
    Role.LURAH: frozenset(_COOPERATIVE_VIEW | {P.MEMBERS_LOG_VIEW}),
    Role.MEMBER: frozenset(_EVERYONE),
    Role.COACH: frozenset(_EVERYONE | {P.BOARD_VIEW, P.COOPERATIVE_VIEW}),
    Role.CAMAT: frozenset(_EVERYONE | {P.BOARD_VIEW, P.COOPERATIVE_VIEW}),
    Role.SUPPLIER_SALES: frozenset(
        _EVERYONE
        | {P.OFFERS_VIEW, P.OFFERS_MAKE, P.ASSIGNMENTS_ANSWER, P.ORDERS_VIEW, P.CLAIMS_VIEW}
        | {P.CREDIT_ISSUE, P.ACCOUNT_KEEP, P.QUOTA_PROPOSE}
        | {P.MONEY_IN_VIEW, P.MONEY_IN_SETTLE, P.MERCHANT_PROPOSE, P.MERCHANT_APPROVE}
    ),
    Role.SELLER_OWNER: frozenset(
        _EVERYONE
        | {P.PRODUCTS_VIEW, P.PRODUCT_LIST, P.INPUTS_VIEW, P.INPUTS_POST, P.EARNINGS_KEEP, P.SELLER_KEEP}
        | {P.RETAIL_ANSWER, P.REVIEWS_ANSWER, P.COMPLAINTS_VIEW}
    ),
    Role.OFFICE_OFFICER: frozenset(_OFFICE),
    Role.OFFICE_HEAD: frozenset(_OFFICE | {P.PRICE_RULE_APPROVE, P.PERMIT_RULE_APPROVE}),
    Role.PROVINCE_OFFICER: frozenset(_OFFICE_VIEW),
    Role.BANK_OFFICER: frozenset(_EVERYONE),
    Role.PLATFORM_ADMIN: frozenset(_EVERYONE | {P.OPERATE, P.SETTINGS_MANAGE}),
    Role.SYSTEM: frozenset(Permission),
    Role.ANONYMOUS: frozenset(),
}

ROLE_LABELS = {
    Role.CHAIR: lazy("Ketua"),
    Role.VICE_CHAIR: lazy("Wakil ketua"),
    Role.SECRETARY: lazy("Sekretaris"),
    Role.TREASURER: lazy("Bendahara"),
    Role.CASHIER: lazy("Kasir"),
    Role.SUPERVISOR: lazy("Pengawas"),
    Role.LURAH: lazy("Lurah (pengawas)"),
    Role.MEMBER: lazy("Anggota"),
    Role.COACH: lazy("Pendamping"),
    Role.CAMAT: lazy("Camat"),
    Role.SUPPLIER_SALES: lazy("Pemasok"),
    Role.SELLER_OWNER: lazy("UMKM"),
    Role.OFFICE_OFFICER: lazy("Petugas dinas"),
    Role.OFFICE_HEAD: lazy("Kepala dinas"),
    Role.PROVINCE_OFFICER: lazy("Petugas provinsi"),
    Role.BANK_OFFICER: lazy("Petugas bank"),
    Role.PLATFORM_ADMIN: lazy("Pengelola Lumbung"),
    Role.SYSTEM: lazy("Lumbung (otomatis)"),
    Role.ANONYMOUS: lazy("Tamu"),
}

ORGANIZATION_ROLES: dict[str, frozenset[Role]] = {
    "cooperative": frozenset(
        {
            Role.CHAIR,
            Role.VICE_CHAIR,
            Role.SECRETARY,
            Role.TREASURER,
            Role.CASHIER,
            Role.SUPERVISOR,
            Role.LURAH,
            Role.MEMBER,
        }
    ),
    "seller": frozenset({Role.SELLER_OWNER}),
    "supplier": frozenset({Role.SUPPLIER_SALES}),
    "office": frozenset(
        {Role.OFFICE_OFFICER, Role.OFFICE_HEAD, Role.PROVINCE_OFFICER, Role.COACH, Role.CAMAT}
    ),
    "bank": frozenset({Role.BANK_OFFICER}),
    "platform": frozenset({Role.PLATFORM_ADMIN}),
}
"""Which seats each kind of organization has."""


@dataclass(frozen=True)
class Actor:
    """Who acts, for whom, in which role. `scope_code` is the place whose data an office sees."""

    user_id: int | None
    organization_id: int | None
    organization_kind: str
    organization_name: str
    role: Role
    name: str
    scope_code: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the role in force has the permission."""
        return permission in ROLE_PERMISSIONS[self.role]

    def require(self, permission: Permission) -> None:
        """Raise Forbidden unless the role in force has the permission."""
        if not self.may(permission):
            raise Forbidden(_("Peran Anda tidak boleh melakukan ini."))

    @property
    def role_label(self) -> str:
        return str(ROLE_LABELS[self.role])


SYSTEM = Actor(None, None, "platform", "Lumbung", Role.SYSTEM, "Lumbung")
ANONYMOUS = Actor(None, None, "", "", Role.ANONYMOUS, "")
