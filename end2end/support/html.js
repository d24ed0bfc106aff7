// Whether a page is valid HTML, by a validator that knows the standard.
import { HtmlValidate } from 'html-validate';

const validator = new HtmlValidate({ root: true, extends: ['html-validate:standard'] });

/** Leptos marks in this way where what changes begins. Browsers take it for an empty comment; it is no valid one. */
const MARKER = /<!>/g;

/** What is not valid in a page, in one line each. */
export async function invalid(html) {
  const { results } = await validator.validateString(html.replaceAll(MARKER, '<!---->'));
  const found = results.flatMap(({ messages }) => messages.map(({ ruleId, message, selector }) => `${ruleId} (${message}) at ${selector}`));
  // The validator stops where the document does.
  return /<\/html>\s*$/.test(html) ? found : [...found, `something stands after the document: ${html.split('</html>')[1]?.slice(0, 80)}`];
}
