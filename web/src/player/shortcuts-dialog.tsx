import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { shortcuts } from './keys.ts';
import { lettersOn, turnLetters } from './use-keys.ts';
import './shortcuts-dialog.css';

/** Lists the player's keys, and lets one turn the letters among them off. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const [letters, setLetters] = useState(lettersOn);
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="shortcuts">
        {shortcuts.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="choice">
        <input
          type="checkbox"
          checked={letters}
          onChange={(event) => {
            setLetters(event.target.checked);
            turnLetters(event.target.checked);
          }}
        />
        <span>Use single letters and digits as shortcuts</span>
        <span className="choice-hint">Turn this off if you speak to your device, or hit keys by accident.</span>
      </label>
    </Dialog>
  );
}
