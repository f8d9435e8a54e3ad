/** Text on one line: in a script, a line break in a name would end the comment that the name stands in. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** A comment of one line in a script, whatever names stand in it. */
export const sqlComment = (text: string): string => `-- ${oneLine(text)}`;
