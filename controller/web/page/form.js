// A form made of a JSON schema. Each kind of value has one field, which turns what is typed into
// JSON and back. What is left empty is left out.
import {html} from './html.js';
import {resolve} from './openapi.js';
import {fromInput, toInput} from './time.js';
import {words as plain} from './parts.js';
import {suggesting} from './suggest.js';

const words = (name) => plain(name.replace(/_s$/, ' (s)'));

const pairs = (value) =>
  Object.entries(value ?? {})
    .map(([key, text]) => `${key}=${text}`)
    .join('\n');
const toPairs = (text) =>
  Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .map((line) => [line.split('=', 1)[0].trim(), line.slice(line.indexOf('=') + 1).trim()]),
  );
const lines = (text) =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter(Boolean);

export const kindOf = (schema) => {
  const first = schema.oneOf ? resolve(schema.oneOf[0]) : schema;
  if (schema.enum) return 'choice';
  if (first.type === 'boolean') return 'flag';
  if (schema.type === 'array') return resolve(schema.items).enum ? 'choices' : 'list';
  if (schema.type === 'object') return schema.properties ? 'group' : 'pairs';
  if (schema.oneOf) return 'text';
  if (first.type === 'integer' || first.type === 'number') return 'number';
  if (schema.format === 'date-time') return 'moment';
  return schema.format === 'password' ? 'secret' : 'text';
};

const help = (schema) => schema.description && html`<small>${schema.description}</small>`;

const Wrapped = ({name, schema, required, error, children}) => html`
  <label class="field"><span>${words(name)}${required && html` <em>required</em>`}</span>
    ${children}${help(schema)}
    ${
      error &&
      html`<strong class="wrong">${error.message}${error.remedy && `: ${error.remedy}`}
      </strong>`
    }
  </label>`;

const number = (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);

const numberOf = (text) => (text === '' ? undefined : Number(text));

const INPUTS = {
  text: ({
    name,
    value,
    set,
    schema,
  }) => html`<input type="text" value=${value ?? ''} spellcheck="false"
    autocomplete="off" maxlength=${schema.maxLength} ...${suggesting(name)}
    onInput=${(event) => set(schema.oneOf ? number(event.target.value) : event.target.value)} />`,
  secret: ({value, set}) => html`<input type="password" value=${value ?? ''} autocomplete="off"
    onInput=${(event) => set(event.target.value)} />`,
  number: ({
    value,
    set,
    schema,
  }) => html`<input type="number" value=${value ?? ''} min=${schema.minimum}
    max=${schema.maximum} placeholder=${schema.default}
    onInput=${(event) => set(numberOf(event.target.value))} />`,
  moment: ({
    value,
    set,
  }) => html`<input type="datetime-local" step="1" value=${value ? toInput(value) : ''}
    onInput=${(event) => set(fromInput(event.target.value))} />`,
  choice: ({
    value,
    set,
    schema,
    required,
  }) => html`<select value=${value ?? ''} onChange=${(event) => set(event.target.value)}>
    <option value="" disabled=${required}>${required ? 'choose' : 'as it is'}</option>
    ${schema.enum.map((each) => html`<option key=${each} value=${each}>${words(each)}</option>`)}
      </select>`,
  list: ({value, set}) => html`<textarea rows="3" spellcheck="false" placeholder="one a line"
    value=${(value ?? []).join('\n')} onChange=${(event) => set(lines(event.target.value))} />`,
  pairs: ({
    value,
    set,
  }) => html`<textarea rows="2" spellcheck="false" placeholder="key=value, one a line"
    value=${pairs(value)} onChange=${(event) => set(toPairs(event.target.value))} />`,
};

const Flag = ({name, value, set, schema, error}) => html`
  <label class="field flag"><span><input type="checkbox" checked=${value ?? schema.default ?? false}
    onChange=${(event) => set(event.target.checked)} /> ${words(name)}</span>${help(schema)}
    ${error && html`<strong class="wrong">${error.message}</strong>`}</label>`;

const Choices = ({name, value, set, schema}) => html`
  <fieldset class="field"><legend>${words(name)}</legend>${help(schema)}<div class="choices">
    ${resolve(schema.items).enum.map(
      (each) => html`<label key=${each}><input type="checkbox"
      checked=${(value ?? []).includes(each)}
      onChange=${(event) =>
        set(
          event.target.checked
            ? [...(value ?? []), each]
            : (value ?? []).filter((other) => other !== each),
        )} /> ${words(each)}</label>`,
    )}</div></fieldset>`;

const Group = ({name, value, set, schema, errors}) => html`
  <details class="field group" open=${errors.some((each) => each.field?.startsWith(`${name}.`))}>
    <summary>${words(name)}</summary>${help(schema)}
    <${Fields} schema=${schema} value=${value ?? {}} set=${set} errors=${errors}
      prefix=${`${name}.`} /></details>`;

export const Fields = ({schema, value, set, errors, prefix = ''}) =>
  Object.entries(schema.properties ?? {}).map(([name, given]) => {
    const field = resolve(given);
    const kind = kindOf(field);
    const props = {
      name,
      schema: field,
      value: value[name],
      errors,
      required: (schema.required ?? []).includes(name),
      error: errors.find(
        (each) => each.field === prefix + name || each.field?.startsWith(`${prefix}${name}[`),
      ),
      set: (changed) => set({...value, [name]: changed}),
    };
    if (kind === 'flag') return html`<${Flag} key=${name} ...${props} />`;
    if (kind === 'choices') return html`<${Choices} key=${name} ...${props} />`;
    if (kind === 'group') return html`<${Group} key=${name} ...${props} />`;
    const Input = INPUTS[kind];
    return html`<${Wrapped} key=${name} ...${props}><${Input} ...${props} /><//>`;
  });

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// What is sent: no field that was left empty, and of a thing that is there only what was changed.
export const given = (value, before) =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([name, each]) => !(before && same(each, before[name])))
      .map(([name, each]) => [
        name,
        each && typeof each === 'object' && !Array.isArray(each) && !before ? given(each) : each,
      ])
      .filter(
        ([name, each]) =>
          (before && name in before) ||
          !(
            each === undefined ||
            each === '' ||
            (Array.isArray(each) && each.length === 0) ||
            (each &&
              typeof each === 'object' &&
              !Array.isArray(each) &&
              Object.keys(each).length === 0)
          ),
      )
      .map(([name, each]) => [name, before && each === '' ? null : each]),
  );
