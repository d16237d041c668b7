// Who are you: a token, for a session or for as long as the page is open.
import {useState} from 'preact/hooks';
import {html} from './html.js';
import {logIn} from './api.js';
import {Trouble} from './parts.js';

export const LogIn = () => {
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await logIn(new FormData(event.target).get('token').trim());
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };
  return html`<main class="login"><form onSubmit=${submit}>
    <h1>Understudy</h1>
    <p class="muted">Log in with a token of this controller. It makes its first at
      its first start, and names the file.</p>
    <label class="field"><span>Token</span>
      <input name="token" type="password"
        autocomplete="current-password" required autofocus spellcheck="false" /></label>
    <${Trouble} error=${error} />
    <button class="primary" disabled=${busy}>Log in</button>
  </form></main>`;
};
