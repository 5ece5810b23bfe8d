// What scripts add to the workspace: its keys, who else looks at the claim, and a note that saves itself.
import "./keys.js";
import { startNotes } from "./notes.js";
import { startPresence } from "./presence.js";

startNotes(document);
startPresence(document);
