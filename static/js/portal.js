// What scripts add to pages that work without them.
import { offerCopying } from "./copy.js";
import { refuseSecondPress } from "./once.js";
import { showFirstFault } from "./faults.js";

offerCopying(document);
refuseSecondPress(document);
showFirstFault(document);
