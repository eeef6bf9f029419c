import type { Video } from '@flixtube/contracts/http/video';
import { useId } from 'react';

type Visibility = Video['visibility'];

const choices: { value: Visibility; label: string; hint: string }[] = [
  { value: 'public', label: 'Public', hint: 'Everyone can find and watch it' },
  { value: 'unlisted', label: 'Unlisted', hint: 'Whoever has the link can watch it' },
  { value: 'private', label: 'Private', hint: 'Only you can watch it' },
];

/** Who can see a video. */
export function VisibilityChoice({ value, onChange }: { value: Visibility; onChange: (value: Visibility) => void }) {
  const id = useId();
  return (
    <fieldset className="choices">
      <legend>Visibility</legend>
      {choices.map((choice) => (
        <label key={choice.value} className="choice">
          <input
            type="radio"
            name={id}
            checked={choice.value === value}
            aria-describedby={`${id}-${choice.value}`}
            aria-label={choice.label}
            onChange={() => onChange(choice.value)}
          />
          <span>{choice.label}</span>
          <span id={`${id}-${choice.value}`} className="choice-hint">
            {choice.hint}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
