"""The demo city 云岭: invented people, classes in every state, made through the services that offices use."""

from portal.demo.city import build_city

__all__ = ["build_city"]
