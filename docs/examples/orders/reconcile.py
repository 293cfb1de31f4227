"""What the page Value must say, computed from the files alone, by pandas.

python docs/examples/orders/reconcile.py olist_orders.csv.gz telco_churn.csv.gz
"""

import sys

import pandas

orders = pandas.read_csv(sys.argv[1])
orders = orders[~orders["is_cancelled"].astype(bool)].dropna(
    subset=["price_with_freight"]
)
# The company's days are those of its time zone: UTC, unless it is set.
bought = (
    pandas.to_datetime(orders["order_purchase_timestamp"])
    .dt.tz_localize("America/Sao_Paulo", nonexistent="shift_forward", ambiguous=True)
    .dt.tz_convert("UTC")
)
in_2017 = orders[bought.dt.year == 2017]["price_with_freight"]
sys.stdout.write(
    f"olist 2017: orders {len(in_2017)}, revenue {in_2017.sum():.2f},"
    f" average order value {in_2017.mean():.2f}\n"
)
customers = pandas.read_csv(sys.argv[2])
for contract, group in customers.groupby("contract"):
    lost = (group["churn"] == "Yes").sum()
    sys.stdout.write(
        f"telco {contract}: customers {len(group)}, churn {lost / len(group):.1%},"
        f" average order value {group['monthly_charges'].mean():.2f}\n"
    )
