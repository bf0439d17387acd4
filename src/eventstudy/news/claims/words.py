"""The words by which news tells a direction, a kind of price and a record."""

from __future__ import annotations

import re

_UP = (
    "up|higher|above its|firmer|stronger|rise|rises|rose|risen|rising|gain|gains|gained|gaining|"
    "climb|climbs|climbed|climbing|jump|jumps|"
    "jumped|jumping|surge|surges|surged|surging|soar|soars|soared|soaring|rally|rallies|rallied|"
    "rallying|advance|advances|advanced|"
    "advancing|add|adds|added|adding|increase|increases|increased|increasing|spike|spikes|spiked|"
    "spiking|leap|leaps|leaped|leapt|"
    "leaping|rebound|rebounds|rebounded|rebounding|recover|recovers|recovered|recovering|strengthen|"
    "strengthens|strengthened|"
    "strengthening|appreciate|appreciates|appreciated|appreciating|skyrocketed|skyrocketing|"
    "rocketed|shot up|shoot up|bounce|bounced|bouncing|edged up|"
    "tick up|ticked up|ticked higher|inch up|inched up|firm|firms|firmed|firming|put on|swell|swelled|outperformed|"
    "popped|pop|vault|vaulted|vaulting|zoomed|roared|boosted|lifted|inched higher|edged higher|"
    "nudged up|crept up|uptick|upswing|jolted|neared|nearing|top|tops|topped|topping|"
    "surpassed|surpassing|exceeded|regain|regained|regaining|tacked on|"
    r"ahead(?= (?:by |about |around |nearly |almost |more than |over )?\$?\d)|breached|breach|exceeding|crossed|gainers"
)
_DOWN = (
    "down|lower|weaker|softer|off|fall|falls|fell|fallen|falling|drop|drops|dropped|dropping|"
    "decline|declines|declined|declining|"
    "lose|loses|lost|losing|loss|losses|slip|slips|slipped|slipping|slide|slides|slid|sliding|sink|"
    "sinks|sank|sunk|sinking|tumble|tumbles|tumbled|"
    "tumbling|plunge|plunges|plunged|plunging|shed|sheds|shedding|dip|dips|dipped|dipping|slump|"
    "slumps|slumped|slumping|retreat|"
    "retreats|retreated|retreating|ease|eases|eased|easing|weaken|weakens|weakened|weakening|"
    "depreciate|depreciates|depreciated|"
    "depreciating|crash|crashes|crashed|crashing|plummet|plummets|plummeted|plummeting|nosedived|"
    "collapse|collapses|collapsed|collapsing|cratered|"
    "decrease|decreased|decreasing|give up|gave up|giving up|pulled back|pull back|pullback|"
    "edged down|edged lower|ticked down|soften|softened|softening|"
    "plumbed|swooned|skidded|skidding|slipping|sagged|tanked|tanking|trim|below|devalued|sold off|"
    "backed off|downtick|dived|dive|diving|nosedive|slashed|erased|wiped|"
    "drifted lower|inched down|inched lower|nudged down|crept down|dragged|stumbled|stumbling|"
    "submerged|descend|descended|descending|lowering|gave back|gives back|slumps|pared|paring|cut|"
    "sell-off|selloff|setback"
)
DIRECTION = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b", re.IGNORECASE)
# Words that state where a price stands without a direction.
STATE = re.compile(
    r"\b(?:is|was|were|are|at|stood|stands|trading|traded|trades|trade|fetched|fetching|quoted|"
    r"bought|buys|buying|cost|costs|changed hands|changing "
    r"hands|steadied|held|hovering|hovered|settled|settle|closed|close|closing|ended|end|finished|"
    r"finish|opened|open|worth|hit|hits|hitting|touched|"
    r"touching|reached|reaching|priced|seen|set)\b"
)
CLOSE = re.compile(
    r"\b(?:(?:closed|closing|closes|settled|settles|settling|settle|settlement|ended|ends|ending|end|"
    r"finished|finishes|finishing|finish|close)\b"
    r"(?! (?:to|in (?!on)|above-|of|costs?|demand|users|the (?:year|week|month|quarter|war))\b)|"
    r"(?:end|ended|ends) (?:of )?(?:the )?(?:day|session|trading)|worst (?:finish|close|day)|"
    r"best (?:finish|close|day)|closing (?:price|level|high|low)|"
    r"close of (?:trade|trading)|at the (?:close|end of)|(?:final|last) bell|wrapped up|rounded out)",
    re.IGNORECASE,
)
# "from Friday's close" is what the move is counted from; "before settling down" is a calm; "ending in July" a contract.
NOT_CLOSE = re.compile(
    r"(?:from|since|than|compared with|versus|above|below|against|over)\s(?:(?:the|its|their|"
    r"a)\s)?(?:(?:previous|prior|last|latest|late|earlier)\s)?(?:\w+day(?:'s|’s)?\s|day's\s|"
    r"session's\s|yesterday's\s|week's\s|settlement\s)*(?:closing|close|settlement|settle|finish|"
    r"end)\b(?:\s(?:price|level))?"
    r"|settl(?:ed|ing|e) (?:down(?: slightly| somewhat)?(?= (?:after|as|from|later|a bit))|back|"
    r"at lower levels|into)|(?:ended|ending|settling|expiring) in \w+|for \w+ settlement|"
    r"ending \w+ \d|week ended|no settlement|"
    r"(?:before|after) the close\b|(?:before|after) settl(?:ement|ing)\b(?! at| up| down| lower|"
    r" higher)|close to\b|after (?:Monday|Tuesday|Wednesday|Thursday|Friday)'s close|having closed|"
    r"pre-close|(?:close|end) (?:out|to)\b|"
    r"(?:heading|headed|set|on track|on course|poised|bound) (?:for|to) (?:(?:post|mark|log|have|its|their|the|a) )*"
    r"(?:[\w-]+ ){0,3}clos(?:e|ing)\b",
    re.IGNORECASE,
)
EXTREME = re.compile(
    r"\b(?:as (?:much|high|low|many) as|at one (?:point|stage)|briefly|temporarily|(?:earlier|"
    r"previously) (?:\w+ing|\w+ed|hit|rose|fell|declines|losses|gains|fall|drop|rise|peak|high|low)|"
    r"intraday|intra-day|"
    r"hit|hits|hitting|touch|touched|touching|reach|reached|reaching|peaked?|peaking|(?:session|"
    r"day's|daily|intraday|record|all-time|multi-\w+|\w+-(?:year|month|week|day)|lifetime|fresh|"
    r"new) (?:highs?|lows?|peak|trough)|high of|low of|highs of|lows of|"
    r"spiked?|spiking|at (?:its|their) (?:peak|high|low|worst|best|lowest|highest)|breached?|"
    r"breaching|neared|nearing|topped|topping|bottomed|bottoming|weakest|strongest|crossed|"
    r"surpass\w*|"
    r"momentarily|fleetingly|up to|the (?:session|day)(?:'s)? (?:high|low)|at the (?:low|high|lows|"
    r"highs)|after the open|in early deals earlier|plumbed|earlier in the (?:day|session)|"
    r"had (?:earlier|briefly)|maximum|had hit)\b",
    re.IGNORECASE,
)
# A move that is told as over: "fell 3 percent before recovering".
UNDONE = re.compile(
    r"^[^.;]{0,120}?\b(?:before|prior to)\s(?:\w+\s){0,3}?(?:paring|trimming|settling (?:down|back|"
    r"at)|easing|recovering|retreating|rebounding|steadying|falling|rising|slipping|"
    r"closing|ending|finishing|retracing|erasing|reversing|gaining|losing|giving|pulling|coming|"
    r"bouncing|cutting|stabili[sz]ing|dropping|turning|moderating|last trading|trading|it (?:pared|"
    r"recovered))",
    re.IGNORECASE,
)
# The move of a day before, told beside: "after a 0.6% drop on Tuesday".
BEFORE = re.compile(
    r"\b(?:after|following|followed) an? (?:[\w-]+ ){0,2}[\d.]+(?:%| per ?cent) \w+ on "
    r"(?:Mon|Tues|Wednes|Thurs|Fri)day",
)
CLOSED = re.compile(r"^(?: points)? (?:by|at) the (?:close|end) of (?:trading|trade|the day|the session)\b")
CLOSED_AT_RECORD = re.compile(
    r"\b(?:clos|end|finish|settl)(?:e|ed|ing)? at (?:an?|its|their|the) [\w -]*?(?:high|low)\b"
)
# "erased some of its earlier gains" speaks of another price than the one that follows.
UNDOING = re.compile(
    r"\b(?:eras|par|trimm|revers|recoup|recover)(?:ed|ing)\s(?:\w+\s){0,4}earlier (?:gains?|loss(?:es)?|declines?|"
    r"advances?|rises?|falls?)\b(?! of\b)",
    re.IGNORECASE,
)
EARLIER = re.compile(
    r"\b(?:after (?:earlier|briefly|initially|rising|falling|dropping|climbing|jumping|surging|"
    r"touching|hitting|trading(?! (?:resumed|began|"
    r"started|opened|restarted|was|hours))|having|plunging|tumbling|sliding|gaining|losing|reaching|advancing|"
    r"sinking|soaring|slumping|dipping)|(?<!day )(?<!week )(?<!year )(?<!month )(?<!session )earlier|"
    r"from (?:a |an )?(?:earlier|session|intraday))\b",
    re.IGNORECASE,
)
OPEN = re.compile(
    r"\b(?:opened|opening|opens|at the open|at the opening|in opening)\b(?! (?:bell|up|the|price))", re.IGNORECASE
)
POST = re.compile(
    r"\b(?:after[- ]hours|post[- ]settlement|after (?:the )?settlement|after settling|"
    r"extended (?:trading|trade|hours)|after the (?:close|bell|closing bell)|"
    r"in (?:late )?electronic trading|premarket|pre-market|before the bell|aftermarket)\b",
    re.IGNORECASE,
)
TRAJECTORY = re.compile(
    r"\b(?:since (?:the|last|early|mid|late|January|February|March|April|May|June|July|August|"
    r"September|October|November|December|its|then|Monday|Tuesday|"
    r"Wednesday|Thursday|Friday|(?:19|20)\d\d)|so far (?:this|in)|this (?:year|month|quarter)|"
    r"year[- ]to[- ]date|month[- ]to[- ]date|"
    r"over the (?:past|last)|in the (?:past|last)|for the (?:year|month|quarter)|"
    r"from (?:a|its|their|the|last|this) (?:\w+ )?(?:record|all-time|peak|january|february|march|"
    r"april|may|june|july|august|september|october|november|december|year)|(?:below|above|from|"
    r"off) (?:its|their|the) (?:\w+[- ]){0,3}(?:record|all-time|peak|highs?|lows?)|"
    r"on the (?:month|year|quarter)|in (?:January|February|March|April|June|July|August|September|"
    r"October|November|December)|"
    r"(?:in|during) (?:19|20)\d\d|last (?:year|month|quarter)|(?:two|three|four|five|six|"
    r"seven)[- ](?:day|week|month) (?:gain|loss|rally|rise|slide|decline|drop)|pared (?:some|losses|"
    r"gains|their|its)|(?:erased|trimmed|pared|paring|trimming) (?:\w+ )?(?:gains|losses))\b",
    re.IGNORECASE,
)
# What a move is counted from lies further back than the day before.
FROM_RECORD = re.compile(
    r"\b(?:from|below|above|off) (?:a|its|their|the|an) (?:[\w-]+ ){0,3}?(?:record|all-time|peak|highs?|lows?)\b",
    re.IGNORECASE,
)
WEEK = re.compile(
    r"\b(?:for the week|weekly|on the week|this week|last week|in the week|over the week)\b", re.IGNORECASE
)
NOW = re.compile(
    r"\b(?:is|are|was (?:last|trading|up|down|at|quoted|off)|were (?:last|trading|up|down|at|off)|"
    r"has|have|trading|traded|stood|stands|last (?:seen|traded|at|up|down)|by (?:around |about )?\d|"
    r"as of|was back|at \d{1,2}[.:]\d\d ?[ap]|by (?:early|late|mid|midday|noon)|in (?:early|late|mid|"
    r"morning|afternoon|mid-day|midday|European|Asian|London|New York)|at \d{3,4} ?GMT|at around|"
    r"currently|recently|midday|early (?:trade|trading|deals))\b",
    re.IGNORECASE,
)
SUPERLATIVE = re.compile(
    r"\b(?:(?:its|their|the|a|an|near(?: its| a)?) )?(?:(?:biggest|largest|steepest|sharpest|worst|"
    r"best|highest|lowest|weakest|strongest|greatest|most|smallest)\b"
    r"[^.;,$%]{0,60}?\b(?:since|in|for|ever|on record|of)\b(?: (?:the )?(?:(?:early|mid|late|mid-|"
    r"at least|more than|nearly|almost|about|over)[- ]?)*(?:\w+\.?)(?: (?:of )?(?:last|this) (?:year|month)| \d{4}|"
    r" \d{1,2}(?!\d)(?:, \d{4})?|"
    r" (?:years?|months?|weeks?|days?|decades?|sessions?))?)?"
    r"|(?:more than |nearly |near |over |about |fresh |new )*(?:an? )?(?:record|all-time|lifetime|"
    r"(?:\w+-and-a-half|\w+)[- ](?:year|month|week|day|decade|session)s?|multi-\w+|\w+-(?:year|month|"
    r"week|day)) (?:high|low|peak|trough|closing high|closing low|close)\b"
    r"|levels? (?:not|last) seen since [A-Z0-9]\w*\.?(?: \d+)?(?:, \d{4})?|a level last seen on [A-Z]\w*\.? \d+)",
)
