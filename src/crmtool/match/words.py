"""Short forms of given names, and the sound of a word as its spelling hides it."""

from __future__ import annotations

# A name and its short forms. People sign with one and are entered with the other.
_FORMS = """
alexander alex al sasha xander sandro; alexandra alex sandra sasha; andrew andy drew; anthony tony; antonio toni tono;
barbara barb babs; benjamin ben benny; catherine cathy cate kate katie katherine kathryn; charles charlie chuck chas;
charlotte charlie lottie; christina tina chris; christine chris tina; christopher chris kit; daniel dan danny;
david dave davey; deborah deb debbie; donald don; dorothy dot dottie; edward ed eddie ted ned; eleanor ellie nell;
elizabeth liz beth betty lisa eliza lizzie libby; emily em; evelyn evie eve; francis frank; francisco paco fran;
franklin frank; frederick fred freddie; friedrich fritz; gabriel gabe; george georgie; gerald gerry jerry; gregory greg;
hans johannes; harold harry hal; henry harry hank; isabella bella izzy; jacob jake; jacqueline jackie;
james jim jimmy jamie; jennifer jen jenny; jessica jess jessie; johann hans; john jack johnny; jonathan jon jonny;
jose pepe; joseph joe joey; joshua josh; judith judy; katharina kathi; kenneth ken kenny; lawrence larry;
leonard leo len lenny; lillian lily; luis lucho; manuel manolo manu; margaret maggie meg peggy marge greta; maria mia;
matthew matt matty; matthias matze; maximilian max; michael mike mick mickey micky; michelle shelly; natalie nat;
nathaniel nate nathan; nicholas nick nicky; nicole nicky; oliver ollie; olivia liv; pamela pam;
patricia pat patty trish tricia; patrick pat paddy; peter pete; philip phil; rebecca becky becca;
richard rick rich dick ricky; robert rob bob bobby robbie bert; ronald ron ronnie; russell russ; samantha sam;
samuel sam sammy; sarah sally; sebastian seb basti; sophia sophie; stefan steff; stephanie steph; stephen steve steven;
steven steve; susan sue suzie susie; theodore ted theo teddy; theresa terry tess; thomas tom; tommy; timothy tim timmy;
victoria vicky tori; vincent vince; virginia ginny; walter walt wally; william will bill billy liam willy;
zachary zach zack
"""
_SHORT: dict[str, frozenset[str]] = {}


def _made() -> dict[str, frozenset[str]]:
    if not _SHORT:
        groups: dict[str, set[str]] = {}
        for group in _FORMS.split(";"):
            name, *forms = group.split() or [""]
            for form in forms:
                groups.setdefault(form, set()).add(name)
                groups.setdefault(name, set()).add(form)
        _SHORT.update((word, frozenset(others)) for word, others in groups.items())
    return _SHORT


def short_for(a: str, b: str) -> bool:
    """Whether one of two folded given names is a usual form of the other."""
    return b in _made().get(a, ())


_SOUNDS = str.maketrans("bpfvckqszxgjdtmn", "ppppkkkssskkttnn")
_SILENT = frozenset("aeiouyhw")


def sound(word: str) -> str:
    """A key that words share when they are spelled differently and sound alike: the first letter and four consonants of the
    rest, those that people confuse made equal, doubles once. Words of other scripts keep their beginning.
    """
    if not word.isascii():
        return word[:4]
    head = word[:1].translate(_SOUNDS)
    out, last = [head], head
    for char in word[1:].replace("ph", "f").translate(_SOUNDS):
        if char in _SILENT:
            last = ""
        elif char != last:
            out.append(char)
            last = char
        if len(out) == 5:
            break
    return "".join(out)
