"""A reference cannot leave its organization, except where crossing is the business itself."""

from __future__ import annotations

from market.core import db

CROSSINGS: dict[str, str] = {
    "round_need.need_id": "a round of the office pools the cooperatives' needs",
    "assignment.round_id": "a supplier answers the office's round",
    "assignment.plan_id": "a supplier is assigned by the office's plan",
    "assignment_line.need_id": "a supplier's line serves a cooperative's need",
    "review.product_id": "a buyer of the shop speaks of a member's product",
    "retail_order_line.product_id": "a shop sells its members' products",
    "counter_sale_line.product_id": "a counter sells its members' products",
    "product.variant_of_id": "the choices of one product lie on the same shop's shelf",
    "need_advice.need_id": "the office's plan tells a cooperative what its need is short of",
    "ration_share.need_id": "the office's plan shares a scarce good out to cooperatives' needs",
    "offer_advice.plan_id": "a supplier is told why the office's plan did not take its offer",
    "assignment_line.order_id": "a supplier's line became the cooperative's order",
    "delivery_share.order_id": "a supplier's truck brings what several cooperatives ordered",
    "delivery_share.order_line_id": "a supplier's truck brings what several cooperatives ordered",
    "stock_transfer.need_id": "a neighbour's lot answers a cooperative's need",
    "transfer_payment.transfer_id": "the receiver pays for the giver's lot",
    "supplier_payment.to_account_id": "a cooperative pays into its supplier's account",
    "trip_order.order_id": "a supplier's truck brings what several cooperatives ordered",
    "answer_part.order_id": "a part of a supplier's line became the cooperative's order",
}
"""table.column -> why this reference crosses organizations on purpose."""

SHARED = {"organization", "user", "place", "role_grant"}
"""Tables that belong to nobody alone."""


def tenant_tables():
    return [table for table in db.Base.metadata.tables.values() if "organization_id" in table.c]


def owned_by_one(table) -> bool:
    return "organization_id" in table.c and not table.c.organization_id.nullable and table.name not in SHARED


def test_every_tenant_table_can_be_referred_to_with_its_organization():
    missing = [
        table.name
        for table in tenant_tables()
        if owned_by_one(table)
        and "id" in table.c
        and not any(
            {c.name for c in constraint.columns} == {"id", "organization_id"}
            for constraint in table.constraints
            if constraint.__class__.__name__ == "UniqueConstraint"
        )
    ]
    assert missing == []


def test_references_between_tenant_tables_carry_the_organization():
    wrong = []
    for table in tenant_tables():
        if not owned_by_one(table):
            continue
        for constraint in table.foreign_key_constraints:
            target = constraint.referred_table
            columns = [c.name for c in constraint.columns]
            if not owned_by_one(target) or "organization_id" in columns:
                continue
            if f"{table.name}.{columns[0]}" not in CROSSINGS:
                wrong.append(f"{table.name}.{columns[0]} -> {target.name}")
    assert wrong == []


def test_no_crossing_is_listed_that_does_not_exist():
    columns = {f"{t.name}.{c.name}" for t in db.Base.metadata.tables.values() for c in t.c}
    assert CROSSINGS.keys() <= columns
