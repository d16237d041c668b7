// The order of a pool's members, by drag and by keyboard. Nothing is sent before it is previewed
// and confirmed, like any other order.
import {useState, useRef} from 'preact/hooks';
import {html} from './html.js';
import {tagOf} from './api.js';
import {Badge, ServerLink} from './parts.js';
import {mayOrder} from './openapi.js';
import {openOrder} from './order.js';

const moved = (list, from, to) => {
  const out = [...list];
  out.splice(to, 0, ...out.splice(from, 1));
  return out;
};

const Arrows = ({name, index, count, move}) => html`
  <button class="plain" disabled=${index === 0} aria-label=${`Move ${name} up`}
    onClick=${() => move(index, index - 1)}>↑</button>
  <button class="plain" disabled=${index === count - 1} aria-label=${`Move ${name} down`}
    onClick=${() => move(index, index + 1)}>↓</button>`;

// fixed: who is here may not move it.
const Member = ({member, index, count, move, drag, fixed}) => html`
  <li class="row ${drag.over === index ? 'over' : ''}" data-member=${member.name}
      draggable=${!fixed}
      onDragStart=${(event) => drag.start(event, index)} onDragEnd=${drag.end}
      onDragOver=${(event) => drag.enter(event, index)}
      onDrop=${(event) => drag.drop(event, index)}>
    ${!fixed && html`<span class="grip" aria-hidden="true">⠿</span>`}
    <span class="role">${index === 0 ? 'primary' : `secondary ${index}`}</span>
    <strong><${ServerLink} name=${member.name} /></strong>
    <${Badge} state=${member.health} />
    ${member.serving && html`<${Badge} tone="good">serving<//>`}
    <span class="muted grow">${member.health_sentence}; ${member.readiness}</span>
    ${!fixed && html`<${Arrows} name=${member.name} index=${index} count=${count} move=${move} />`}
  </li>`;

export const MemberOrder = ({pool}) => {
  const [order, setOrder] = useState(null); // {names, tag}, of the pool then; null: as it is
  const [over, setOver] = useState(-1);
  const from = useRef(-1);
  const told = useRef(null);
  const byName = new Map(pool.members.map((member) => [member.name, member]));
  // Whoever came meanwhile stands last.
  const kept = order?.names.filter((name) => byName.has(name)) ?? [];
  const names = [...new Set([...kept, ...byName.keys()])];
  const move = (a, b) => {
    setOrder({names: moved(names, a, b), tag: order?.tag ?? tagOf(pool)});
    told.current.textContent = `${names[a]} is now number ${b + 1} of ${names.length}`;
  };
  const drag = {
    over,
    start: (event, index) => {
      from.current = index;
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', names[index]);
    },
    enter: (event, index) => {
      event.preventDefault();
      setOver(index);
    },
    drop: (event, index) => {
      event.preventDefault();
      if (from.current >= 0) move(from.current, index);
      setOver(-1);
    },
    end: () => setOver(-1),
  };
  const fixed = !mayOrder('setMembers');
  const changed = names.some((name, i) => name !== pool.members[i]?.name);
  const leave = () => setOrder(null);
  const send = () =>
    openOrder(
      'setMembers',
      {pool: pool.name},
      {members: names},
      {tag: order.tag, done: leave, anew: leave},
    );
  return html`
    <ol class="rows">${names.map(
      (name, index) => html`<${Member} key=${name} member=${byName.get(name)}
      index=${index} count=${names.length} move=${move} drag=${drag} fixed=${fixed} />`,
    )}</ol>
    <span class="hidden" role="status" ref=${told}></span>
    ${
      changed &&
      html`<div class="bar-of-buttons">
      <button class="primary" onClick=${send}>Preview this order</button>
      <button onClick=${leave}>Leave it as it was</button></div>`
    }`;
};
