from customers.models.account import Account
from customers.models.customer import Consent, Customer
from customers.models.imports import CustomerImport
from customers.models.interaction import Interaction
from customers.models.message import Message
from customers.models.segment import Segment

__all__ = [
    "Account",
    "Consent",
    "Customer",
    "CustomerImport",
    "Interaction",
    "Message",
    "Segment",
]
