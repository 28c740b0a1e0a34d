"""What models may know of a customer. Training and serving read the same definitions, so that they see the same numbers; put your own
entities and features in place of these. After a change: feast apply."""
import datetime

from activity_source import activity
from feast import Entity, FeatureService, FeatureView, Field, ValueType
from feast.types import Float32, Int64

customer = Entity(name="customer", join_keys=["customer"], value_type=ValueType.INT64)

customer_activity = FeatureView(
    name="customer_activity",
    entities=[customer],
    ttl=datetime.timedelta(days=TTL_DAYS),  # older values are given to nobody
    schema=[
        Field(name="orders", dtype=Int64, description="in the 30 days before"),
        Field(name="average_amount", dtype=Float32, description="of an order"),
        Field(name="days_since_order", dtype=Int64),
    ],
    source=activity,
)

# What one model asks for, by one name: a model that needs more gets a service of its own.
churn = FeatureService(name="churn", features=[customer_activity])
