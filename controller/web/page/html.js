// Markup in modules: html`<p class="x">${text}</p>`. What is put in is text, never markup.
import {h} from 'preact';
import htm from 'htm';

export const html = htm.bind(h);
