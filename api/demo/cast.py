"""Who lives in the demo: 24 residents, of whom Rita and Ravi are left for you, their coach Cal, and Ada.

Eva, the program director, evaluates residents; so she has no account here at all.
"""

from __future__ import annotations

from dataclasses import dataclass

ZONE = "America/Chicago"
GROUP = "Internal Medicine"
DOMAIN = "demo.example"


@dataclass(frozen=True)
class Character:
    name: str
    role: str

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@{DOMAIN}"


ADA = Character("Ada Lindqvist", "coordinator")
CAL = Character("Cal Whitlock", "coach")
RITA = Character("Rita Reyes", "resident")
RAVI = Character("Ravi Nair", "resident")
YOU = (RITA, CAL, ADA, RAVI)

_OTHERS = (
    "Amara Diallo, Ben Adler, Chiara Conti, Dmitri Sokolov, Elif Kaya, Farid Haddad, Grace Obi, Hana Sato, "
    "Imran Qureshi, Jonas Lind, Kofi Mensah, Leo Brandt, Mei Chen, Nora Fischer, Omar Farouk, Priya Raman, "
    "Quinn Hayes, Rosa Ortiz, Sam Park, Tala Nasser, Uma Patel, Viktor Novak"
)
OTHERS = tuple(Character(name, "resident") for name in _OTHERS.split(", "))
RESIDENTS = (RITA, RAVI, *OTHERS)
