"""Column names as other languages and programs spell them, brought to the English name that the layouts know.

Names are compared folded: no case, no accents, no punctuation (``normal``). The table is by English name, so that one more
language is one more word a line.
"""

from __future__ import annotations

from crmtool.core import tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# Each entry: the English name, then what other programs and German, French, Spanish, Italian, Portuguese and Dutch
# exports say; indented lines go on.
_TABLE = """
first name: vorname, prenom, primer nombre, voornaam, nome proprio, given name, forename, firstname
middle name: weitere vornamen, zweiter vorname, deuxieme prenom, segundo nombre, secondo nome, segundo nome, middelste naam
last name: nachname, familienname, nom de famille, apellido, apellidos, cognome, sobrenome, apelido, achternaam, surname,
    family name, lastname
name: full name, vollstandiger name, nom complet, nombre completo, nome completo, volledige naam, contact name, display name,
    fullname
nickname: spitzname, surnom, apodo, soprannome, apelido pessoal, bijnaam
name prefix: prefix, anrede, salutation, civilite, tratamiento, tratamento, aanhef
suffix: namenszusatz, suffixe, sufijo, suffisso, sufixo, achtervoegsel
company: firma, unternehmen, societe, entreprise, empresa, compania, azienda, societa, organisation, organization, bedrijf,
    company name, account name, organization name
job title: position, funktion, berufsbezeichnung, fonction, poste, intitule du poste, cargo, puesto, posizione, qualifica,
    functie, role
department: abteilung, departement, departamento, reparto, afdeling
email address: email adresse, adresse email, adresse de messagerie, courriel, mail, direccion de correo electronico, correo
    electronico, correo, indirizzo email, indirizzo posta elettronica, endereco de email, emailadres, email 1, primary email,
    work email
email 2 address: email 2 adresse, email 2, adresse de messagerie 2, direccion de correo electronico 2, secondary email, email
    adresse 2
email 3 address: email 3 adresse, email 3, adresse de messagerie 3, direccion de correo electronico 3, email adresse 3
business phone: telefon geschaftlich, telephone bureau, telephone professionnel, telefono del trabajo, telefono ufficio,
    telefono aziendale, telefone comercial, telefoon op werk, work phone, office phone
business phone 2: telefon geschaftlich 2, telephone 2 bureau, telefono del trabajo 2, telefono ufficio 2, work phone 2
home phone: telefon privat, telephone domicile, telefono particular, telefono abitazione, telefone residencial, telefoon thuis
home phone 2: telefon privat 2, telephone 2 domicile, telefono particular 2
mobile phone: mobiltelefon, handy, mobil, tel mobile, telephone mobile, portable, movil, telefono movil, cellulare, celular,
    telemovel, mobiele telefoon, mobiel, mobile, cell, cell phone, mobile number, mobile phone number
phone: telefon, telefonnummer, telephone, tel, telefono, telefone, telefoon, phone number
primary phone: haupttelefon, telephone principal, telefono principal
other phone: weiteres telefon, telephone autre, otro telefono
business fax: fax geschaftlich, telecopie bureau, fax del trabajo
fax: telefax, telecopie, fax number
company main phone: telefon firma, telephone societe
web page: webseite, website, web, site web, page web, pagina web, sito web, pagina da web, webpagina, homepage, website url,
    web site
notes: notizen, anmerkungen, bemerkungen, remarques, notas, note, observaciones, observacoes, notities, comments, comment,
    description, background
categories: kategorien, categories categories, categorias, categorie, categorieen, schlagworter, stichworter
tags: labels, etiquettes, etiquetas, groups
birthday: geburtstag, geburtsdatum, anniversaire, date de naissance, cumpleanos, fecha de nacimiento, compleanno, data di
    nascita, data de nascimento, verjaardag, geboortedatum, birth date, date of birth, birthdate
language: sprache, langue, idioma, lingua, taal
business street: strasse geschaftlich, rue bureau, calle del trabajo
business street 2: strasse geschaftlich 2, rue bureau 2
business street 3: strasse geschaftlich 3, rue bureau 3
business city: ort geschaftlich, ville bureau, ciudad de trabajo
business state: region geschaftlich, dep region bureau, provincia o estado de trabajo
business postal code: postleitzahl geschaftlich, code postal bureau, codigo postal del trabajo
business country region: land region geschaftlich, pays region bureau, pais o region del trabajo
home street: strasse privat, rue domicile
home city: ort privat, ville domicile
home state: bundesland kanton privat, dep region domicile
home postal code: postleitzahl privat, code postal domicile
home country region: land region privat, pays region domicile
other street: weitere strasse, rue autre
other city: weiterer ort, ville autre
other state: weiteres r bundesland kanton, dep region autre
other postal code: weitere postleitzahl, code postal autre
other country region: weiteres e land region, pays region autre
street: strasse, rue, calle, via, rua, straat, street address, address line 1, address 1, mailing street
city: ort, stadt, ville, ciudad, citta, cidade, plaats, stad, town, mailing city
state: bundesland, region, provincia, estado, state region, province, state province, mailing state
postal code: plz, postleitzahl, code postal, codigo postal, cap, cep, postcode, zip, zip code, mailing zip postal code
country: land, pays, pais, paese, country region, mailing country
address: adresse, anschrift, direccion, indirizzo, endereco, adres
connected on: verbunden am, connexion le, conectado el, connesso il, conectado em, verbonden op
domain: company domain, company domain name, domaine, dominio
industry: branche, secteur, sparte, sector, settore, setor
employees: mitarbeiter, effectif, empleados, dipendenti, funcionarios, number of employees, company size
"""


def _read(table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in table.strip().replace("\n    ", " ").splitlines():
        name, _, others = line.partition(": ")
        for other in others.split(", "):
            found.setdefault(other, name)
    return found


_ENGLISH = _read(_TABLE)
# Where a column names the rows like this, a contact is somebody whom they are about.
_OTHER_NAMES = frozenset(
    (
        "activity",
        "deal",
        "deal name",
        "deal title",
        "name",
        "opportunity",
        "opportunity name",
        "order",
        "subject",
        "task",
    )
)


def normal(name: str) -> str:
    """A column's name without case, accents and punctuation: ``E-mail 1 - Value`` is ``email 1 value``."""
    folded = "".join(char if char.isalnum() else " " for char in tokens.fold(name))
    joined = f" {' '.join(folded.split())} ".replace(" e mail ", " email ").replace(" e mails ", " emails ")
    return joined.strip()


def english(names: Sequence[str]) -> list[str]:
    """The English names of normal names. Words that mean either name are settled by their neighbours in the header."""
    known = [_ENGLISH.get(name, name) for name in names]
    has_first, has_last = "first name" in known, "last name" in known
    for index, name in enumerate(names):
        if name == "contact name" and not _OTHER_NAMES.isdisjoint(names):
            known[index] = name
        if name in ("nom", "naam", "nombre", "nome") or (
            name == "name" and "vorname" in names and not has_last
        ):
            if name == "nombre" or (name == "nome" and has_last):
                known[index] = "first name" if has_last else "name"
            else:
                known[index] = "last name" if has_first and not has_last else "name"
    return known
