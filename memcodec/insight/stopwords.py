"""Which terms may name something. Words of grammar are listed for the languages below; in others, and in text of several,
what is as frequent as they are counts as one of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from memcodec.errors import ConfigError
from memcodec.format.arrays import Mask
from memcodec.index.lexical.accents import without_accents
from memcodec.index.lexical.tokens import analyzer, gives_pairs

_FREQUENT = 0.004  # of all words: in languages without a list, a word of grammar
_LEAST = 2  # characters of a word that names something
_LONGEST = 40  # characters: longer ones are data
_DATA = re.compile(r"^(?=(?:.*\d){3})[0-9a-f]{6,}$|^0x[0-9a-f]+$|^\d[\da-z]*$")

LISTS = {
    "english": """a about above according across actually after afterwards again against all almost alone along already
        also although always am among an and another any anybody anyhow anyone anything anyway anywhere are aren around as
        at away back be became because become becomes been before behind being below best better between both but by can
        cannot came certain clearly come comes consider could couldn currently did didn different do does doesn doing don
        done down during each eg either else elsewhere enough especially etc even ever every everyone everything
        everywhere exactly except far few first following follows for former from further gave get gets getting give
        given gives go goes going gone got had hadn happen happens has hasn have haven having he hence her here hers
        herself him himself his hold holds how however i ie if in indeed instead into is isn it its itself just keep keeps
        kept know known knows last later latter least less let lets little ll long look looking looks lot
        made mainly make makes making many may maybe me mean means meant might mine more moreover most mostly much must
        my myself namely near nearly necessary need needed needs neither never nevertheless next no nobody none nor not
        nothing now nowhere occur occurs of off often ok old on once one ones only onto or other others otherwise our ours
        ourselves out over own particular particularly per perhaps please possible possibly probably provide provided
        provides put quite rather re really regarding relatively respectively same say saying says second see seem seemed
        seeming seems seen several shall she should shouldn show shown shows similar similarly simply since so some
        somebody somehow someone something sometimes somewhere soon still such sure take taken takes tell tend than that
        the their theirs them themselves then there thereby therefore these they thing things think third this those
        though three through throughout thus to together too took toward towards tried tries try trying twice two under
        unless unlike until up upon us use used useful uses using usual usually various ve very via want wanted wants was
        wasn way ways we well went were weren what whatever when whenever where whereas whether which while who whoever
        whole whom whose why will with within without won would wouldn yes yet you your yours yourself yourselves""",
    "german": """aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes anders auch
        auf aus bei beim bin bis bist da dabei dadurch dafür dagegen daher damit danach dann daran darauf daraus darf darin
        das dass dazu dein deine dem den denn der des dessen deshalb dich die dies diese diesem diesen dieser dieses dir
        doch dort du durch ein eine einem einen einer eines einige er es etwa etwas euch euer eure für ganz gegen gibt
        habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ist ja jede
        jedem jeden jeder jedes jedoch jetzt kann kein keine keinem keinen keiner können könnte machen man mehr mein meine
        mit muss müssen nach nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit selbst
        sich sie sind so sogar solche soll sollen sollte sondern sonst sowie über um und uns unser unter viel viele vom von
        vor war waren warum was wegen weil weiter welche welcher wenn wer werde werden wie wieder will wir wird wo wurde
        wurden zu zum zur zwar zwei zwischen beispiel bzw etc""",
    "french": """a ai ainsi alors après as au aucun aucune aujourd aussi autre autres aux avait avant avec avez avoir avons
        bien c ça car ce ceci cela celle celles celui cependant certains ces cet cette ceux chaque chez comme comment d
        dans de depuis des dès deux devait doit donc dont du elle elles en encore entre est et étaient était été être eu
        eux fait faire fois font hors ici il ils j je jusqu l la là le les leur leurs lors lui m ma mais me même mêmes mes
        moi moins mon n ne ni non nos notre nous on ont ou où par parce pas pendant peu peut peuvent plus plusieurs plutôt
        pour pourquoi pouvoir puis qu quand que quel quelle quelles quelque quelques quels qui quoi s sa sans se selon sera
        ses si sinon soit son sont sous souvent sur t ta tandis te tel telle tes toi ton tous tout toute toutes très trop
        tu un une vers voici voilà vos votre vous y exemple""",
    "spanish": """a al algo algunas algunos ante antes aquel así aún aunque bajo bien cada casi como cómo con contra cual
        cuando de del desde después donde dos durante e el él ella ellas ellos en entre era eran es esa esas ese eso esos
        esta está están estaba estar estas este esto estos fue fueron ha haber había han hasta hay la las le les lo los
        luego más me menos mi mientras mis misma mismo mucho muchos muy nada ni no nos nosotros nuestra nuestro o os otra
        otras otro otros para pero poco por porque puede pueden pues que qué quien se sea ser si sí sido siempre sin sino
        sobre solo sólo son su sus también tan tanto te tener tiene tienen toda todas todo todos tras tu tus un una unas
        uno unos usted vez y ya yo ejemplo""",
    "italian": """a abbiamo agli ai al alla alle allo anche ancora avere aveva c che chi ci cioè come con contro cosa così
        cui d da dagli dai dal dalla dalle dallo degli dei del della delle dello dentro di dopo dove due e è ed era erano
        essere fa fare fino fra già gli ha hanno ho i il in invece io l la le lei li lo loro lui ma mai me meno mi mia mio
        molti molto ne negli nei nel nella nelle nello no noi non nostro o ogni oltre ora per perché però più poco poi
        prima proprio può qual quale quando quanto quasi quel quella quelle quelli quello questa queste questi questo qui
        quindi s sarà se sei sempre senza si sia siano solo sono sopra sotto stata stati stato su sua sue sugli sui sul
        sulla sulle suo suoi tra tu tutta tutte tutti tutto un una uno v vi voi esempio""",
    "portuguese": """a ainda algo alguns ao aos apenas após aquela aquele aqui as às assim até bem cada com como contra da
        das de dela dele depois desde deve do dois dos e é ela elas ele eles em enquanto entre era eram essa esse esta está
        estão este eu foi foram há isso isto já lhe mais mas me mesmo meu muito na não nas nem no nos nós o onde os ou
        outra outras outro outros para pela pelas pelo pelos pode podem por porque pouco qual quando que quem se seja sem
        sempre ser será seu seus si são sob sobre sua suas também tão te tem têm ter toda todas todo todos tudo um uma umas
        uns você exemplo""",
    "dutch": """aan af al alle als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus een eens en er
        ge geen geweest haar had heb hebben heeft hem het hier hij hoe hun iemand iets ik in is ja je kan kon kunnen maar
        me meer men met mij mijn moet na naar niet niets nog nu of om omdat onder ons ook op over reeds te tegen toch toen
        tot u uit uw van veel voor want waren was wat we wel werd wezen wie wij wil worden wordt zal ze zei zelf zich zij
        zijn zo zonder zou bijvoorbeeld""",
    "swedish": """alla allt än andra är att av bara bli blir blev då där de dem den denna deras dess dessa det detta dig din
        du efter ej eller en er ett flera för från genom göra ha hade han hans har hennes här hon honom hur i icke ingen
        inom inte jag ju kan kunde man många med mellan men mer mig min mot mycket när ni nu nya någon något några och om
        oss på sedan sig sin sina sitt själv ska skall skulle så sådan som till två under upp ut utan vad var vara varit vi
        vid vilka vilken vill exempel""",
    "russian": """а без более бы был была были было быть в вам вас весь во вот все всего всех вы где да даже для до его ее
        если есть еще же за здесь и из или им их к как ко когда которая которого которой которые который кто ли либо между
        мне можно может мой мы на над надо наш не него нее нет ни них но ну о об однако он она они оно от очень по под
        после потом почти при про раз с свою себя сейчас со так также такой там тем то того тоже той только том тот тут у
        уже хотя чего чем через что чтобы эта эти это этого этой этом этот я пример""",
}  #: by Snowball's names of languages
WEAK = """example examples note new able allow allows allowed additional available based believe behaves bring
    called causes change changed changes contain containing contains corresponding default depending described description details
    easy ensure equivalent expected fact false general good great important include included includes including
    information intended kind large larger left main matter number old order part people place
    point possible present previous reason related require required requires result results return returned returns
    right section set sets simple single small smaller sort special specific specified specify start
    supported supports support time times true type value values version versions work works working
    world year years high low early late today real add added adds apply applies
    case cases create created current currently deprecated described different ends equal exist exists find
    found four full handle having help high implementation introduced likewise listed longer multiple operation
    optional original passed perform performed performs provided replaced represents represented same short similar standard
    step subsequent usage write written zero bit day days"""  #: of English, that name little alone and much in a name: type, base, order


@cache
def terms_of(language: str) -> frozenset[str]:
    """The stop words of a language, as its analyser makes terms of them, without accents; none for others."""
    words = LISTS.get("english" if language in ("none", "porter", "lovins") else language, "").split()
    try:
        made = analyzer(language)
    except ConfigError:
        return frozenset()
    return frozenset(without_accents(made.term(word)) for word in words) | frozenset(map(without_accents, words))


@cache
def weak_terms() -> frozenset[str]:
    """The terms of ``WEAK``."""
    made = analyzer("english")
    return frozenset(map(made.term, WEAK.split())) | {"like", "one", "first", "last", "use", "make", "look", "show"}


def has_list(language: str) -> bool:
    """Whether the stop words of a language are known."""
    return bool(terms_of(language))


def content(names: Sequence[str], language: str, shares: npt.NDArray[np.float64]) -> Mask:
    """Of each term whether it may name something. ``shares``: of all words."""
    stops, english = terms_of(language), terms_of("english")
    listed = bool(stops)
    known = stops | english
    made = np.fromiter((_may_name(name) and name not in known for name in names), np.bool_, len(names))
    if not listed:
        made &= shares < _FREQUENT
    return made


def dense(names: Sequence[str]) -> Mask:
    """Of each term whether it is of a script that gives pairs of graphemes."""
    return np.fromiter(map(gives_pairs, names), np.bool_, len(names))


def _may_name(name: str) -> bool:
    if not _LEAST <= len(name) <= _LONGEST or _DATA.match(name):
        return False
    if name.isascii():
        return True
    return not gives_pairs(name) and any(unicodedata.category(each)[0] == "L" for each in name)
