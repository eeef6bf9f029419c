import { useId } from 'react';
import { languageName, usualLanguages } from './languages.ts';

/** A language as it is chosen: one of the list, or `other` and a tag that is typed. */
export interface LanguageChoice {
  /** A tag of the list, `other`, or nothing yet. */
  listed: string;
  typed: string;
}

export const other = 'other';

interface Props {
  value: LanguageChoice;
  onChange: (value: LanguageChoice) => void;
  problem: string | undefined;
  disabled: boolean;
}

/** The choice that stands for a tag, whether it is in the list or not. */
export function choiceOf(tag: string): LanguageChoice {
  const isListed = usualLanguages.some((language) => language.tag === tag);
  return isListed ? { listed: tag, typed: '' } : { listed: other, typed: tag };
}

/** The language of a text: one of the usual ones, or any by its tag. */
export function LanguageField({ value, onChange, problem, disabled }: Props) {
  const id = useId();
  const named = value.typed.trim() === '' ? null : languageName(value.typed.trim());
  const invalid = problem !== undefined;
  return (
    <div className="field">
      <label className="field-label" htmlFor={`${id}-listed`}>
        Language
      </label>
      <select
        id={`${id}-listed`}
        className="input"
        required
        disabled={disabled}
        value={value.listed}
        aria-invalid={invalid && value.listed !== other}
        aria-describedby={`${id}-problem`}
        onChange={(event) => onChange({ ...value, listed: event.target.value })}
      >
        <option value="" disabled>
          Choose a language
        </option>
        {usualLanguages.map(({ tag, name }) => (
          <option key={tag} value={tag}>
            {name}
          </option>
        ))}
        <option value={other}>Another language…</option>
      </select>
      {value.listed === other && (
        <>
          <input
            className="input"
            required
            disabled={disabled}
            maxLength={35}
            autoCapitalize="none"
            spellCheck={false}
            placeholder="cy, en-AU, sr-Latn"
            value={value.typed}
            aria-label="Language tag"
            aria-invalid={invalid}
            aria-describedby={`${id}-hint ${id}-problem`}
            onChange={(event) => onChange({ ...value, typed: event.target.value })}
          />
          <p id={`${id}-hint`} className="field-hint">
            {named && named !== value.typed.trim() ? `${named}.` : 'Its tag, as in BCP 47.'}
          </p>
        </>
      )}
      <p id={`${id}-problem`} className="field-error" role="alert">
        {problem}
      </p>
    </div>
  );
}
