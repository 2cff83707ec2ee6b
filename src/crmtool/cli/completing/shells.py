"""The shells: the script each one loads, how it says what is typed, and how it takes the candidates.

A script calls ``crm __complete SHELL -- …`` and reads a first line of marks (``files``: add names of files; ``open``: no
space after the word), then a candidate a line, for zsh and fish with a tab and one line about it. zsh and fish quote what
they insert; bash replaces a part of the line as it is, so for it the candidates are cut and quoted here.
"""

from __future__ import annotations

from crmtool.doors.safe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.cli.completing.engine import Answer

BASH = """\
# Completion of crm for bash. Load it with: source <(crm completion bash)
_crm_complete() {
    local line marks
    local -a lines=()
    while IFS= read -r line; do lines+=("$line"); done < <(
        command "$1" __complete bash -- "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null
    )
    marks=${lines[0]-}
    COMPREPLY=("${lines[@]:1}")
    [[ $marks == *open* ]] && compopt -o nospace
    if [[ $marks == *files* ]]; then
        compopt -o filenames
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$2")
    fi
}
complete -F _crm_complete crm
"""

ZSH = """\
#compdef crm
# Completion of crm for zsh. Save it as _crm in a folder of $fpath, or load it with: source <(crm completion zsh)
_crm() {
    local line marks
    local -a values lines
    lines=("${(@f)$(command $words[1] __complete zsh -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    marks=$lines[1]
    shift lines
    for line in $lines; do values+=("${line%%$'\\t'*}"); done
    local -a shown
    for line in $lines; do
        [[ $line == *$'\\t'?* ]] && shown+=("${line%%$'\\t'*}  ${line#*$'\\t'}") || shown+=("${line%%$'\\t'*}")
    done
    if (( $#values )); then
        if [[ $marks == *open* ]]; then
            compadd -U -V crm -S '' -l -d shown -a values
        else
            compadd -U -V crm -l -d shown -a values
        fi
    fi
    [[ $marks == *files* ]] && _files
}
if [[ $funcstack[1] == _crm ]]; then
    _crm "$@"
else
    compdef _crm crm
fi
"""

FISH = """\
# Completion of crm for fish. Save it as ~/.config/fish/completions/crm.fish, or load it with: crm completion fish | source
function __crm_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (command $words[1] __complete fish -- $words[2..-1] 2>/dev/null)
    if string match -q '*files*' -- $lines[1]
        __fish_complete_path (commandline -ct)
    end
    if test (count $lines) -gt 1
        printf '%s\\n' $lines[2..-1]
    end
end
complete -c crm -e
complete -c crm -f -a '(__crm_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
# What bash would obey or split at, if it stood in a word unquoted.
_SPECIAL = frozenset(" \t\n\\'\"`$&|;<>()[]{}*?!~#^")
# A word breaks before these rather than behind them.
_KEPT = "@$"
_ENDS = frozenset("|&;\n()")


def reply(answer: Answer, shell: str, *, typed: Typed | None = None) -> str:
    """The text that the script of ``shell`` reads."""
    marks = " ".join(mark for mark, on in (("files", answer.files), ("open", answer.open)) if on)
    lines = [marks]
    for value, about in answer.candidates:
        if not value.isprintable():
            continue  # a name with a line end in it cannot be typed, and would act on the terminal
        if typed is not None:
            lines.append(typed.rest(value))
        else:
            about = escape(about).replace("\t", " ")
            lines.append(f"{value}\t{about}" if about else value)
    return "\n".join(lines) + "\n"


class Typed:
    """A bash command line up to the cursor: its words, and which part of the last one bash replaces."""

    def __init__(self, line: str, breaks: str) -> None:
        self.words: list[str] = []
        self._quote = ""
        self._fixed = ""  # what stands before the part that is replaced, without its quotes
        word, started, i = "", False, 0
        while i < len(line):
            char = line[i]
            i += 1
            if self._quote:
                if char == self._quote:
                    self._quote = ""
                elif char == "\\" and self._quote == '"' and line[i : i + 1] in ('"', "\\", "$", "`"):
                    word, i = word + line[i], i + 1
                else:
                    word += char
            elif char in "'\"":
                self._quote, self._fixed, started = char, word, True
            elif char == "\\" and i < len(line):
                word, i, started = word + line[i], i + 1, True
            elif char in _ENDS:
                self.words, word, self._fixed, started = [], "", "", False
            elif char.isspace():
                if started:
                    self.words.append(word)
                word, self._fixed, started = "", "", False
            else:
                if char in breaks:
                    self._fixed = word if char in _KEPT else word + char
                word, started = word + char, True
        self.words.append(word)
        # Assignments before the command are not the command.
        while len(self.words) > 1 and "=" in self.words[0]:
            self.words.pop(0)

    def rest(self, value: str) -> str:
        """What bash has to put in for ``value``: the part of it that is replaced, quoted as the line already is."""
        part = value[len(self._fixed) :]
        if self._quote == "'":
            return part.replace("'", "'\\''")
        if self._quote == '"':
            return "".join(f"\\{char}" if char in '"\\$`' else char for char in part)
        return "".join(f"\\{char}" if char in _SPECIAL else char for char in part)


def unquoted(word: str) -> str:
    """A word that may still have a quote open, as zsh and fish hand over the one at the cursor."""
    typed = Typed(word.replace("\n", " "), "")
    return typed.words[-1] if len(typed.words) == 1 else word
