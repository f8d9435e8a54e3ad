/**
 * The first of the window's code to run: the page has it in a file of its own, which is there long before React and the
 * charts are. What it imports should be little.
 */
import './entering.ts';
// The first use of a locale's customs takes 30 ms, in which there is nothing else to do.
import './app/reader-time.ts';
