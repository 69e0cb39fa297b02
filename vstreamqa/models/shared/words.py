"""Words that the tokenizers of tiny checkpoints know as a whole, separated by white space."""

from __future__ import annotations

WORDS = """
a about action after all an and answer answers any appear are artificial as assistant at away back ball be before
behind best between big black blue both box brown but by can cannot car carry chair change chat child close closed
clock color colour come count cup curious cut day detailed did do does dog door down drink eat end enter event ever
every far first five floor follow for four frame from front gives go gone good green grey ground had hand happen has
have he hear held helpful her here hold house how human i in inside intelligence into is it jump just kitchen last
later leave left less letter light long look made make man many me more most move moving my near never new next no none
not nothing now number object of off on once one only open option options or orange order other out outside over
people person picture pink place play polite purple put question questions red right road room round run s said same
saw scene second see seen seven she shoe short show shown sit six small so some speak stand start stay still stop
street t table take talk tall than that the their them then there these they thing this three through time to top
track turn two under until up use user video view wait walk wall was watch water we wear went were what when where
which while white who why will window with woman word work yellow yes yet you A B C D E Answer Best Choose Does How I Is
No The USER ASSISTANT What When Where Which Who Why Yes
"""
