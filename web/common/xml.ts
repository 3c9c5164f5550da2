// Texts in XML.

/** A text with "\ufffd" in place of each character that XML cannot have, not even escaped. */
export const withoutControls = (text: string): string =>
  text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
