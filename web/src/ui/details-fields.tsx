import { useId } from 'react';
import { ApiError } from '../api/api-error.ts';

/** How long they may be, in characters. */
const maxTitle = 200;
const maxDescription = 5000;

interface Props {
  title: string;
  description: string;
  onTitle: (title: string) => void;
  onDescription: (description: string) => void;
  /** What the server refused of them. */
  problems: Partial<Record<string, string>>;
  disabled?: boolean;
  /** The title is what one most likely wants to write first. */
  autoFocus?: boolean;
  /** How many lines of the description are seen. */
  rows?: number;
}

/** Which fields an error is about, and what is wrong with each. */
export function fieldMessages(error: unknown): Partial<Record<string, string>> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(error.fields.map(({ path, message }) => [path, message]));
}

/** A video's title and description, to write. */
export function DetailsFields(props: Props) {
  const { title, description, onTitle, onDescription, problems, disabled, autoFocus, rows = 5 } = props;
  const id = useId();
  return (
    <>
      <div className="field">
        <label className="field-label" htmlFor={`${id}-title`}>
          Title
        </label>
        <input
          id={`${id}-title`}
          className="input"
          required
          maxLength={maxTitle}
          value={title}
          disabled={disabled}
          // biome-ignore lint/a11y/noAutofocus: what was pressed to get here is gone; this is where one goes on
          autoFocus={autoFocus}
          aria-invalid={problems.title !== undefined}
          aria-describedby={`${id}-title-problem`}
          onChange={(event) => onTitle(event.target.value)}
        />
        <FieldProblem id={`${id}-title-problem`} name="The title" problem={problems.title} />
      </div>
      <div className="field">
        <div className="field-label">
          <label htmlFor={`${id}-description`}>Description</label>
          <span className="field-count" aria-hidden="true">
            {description.length > maxDescription * 0.8 && `${description.length} of ${maxDescription}`}
          </span>
        </div>
        <textarea
          id={`${id}-description`}
          className="input"
          rows={rows}
          maxLength={maxDescription}
          placeholder="What is it about? Who is in it?"
          value={description}
          disabled={disabled}
          aria-invalid={problems.description !== undefined}
          aria-describedby={`${id}-description-problem`}
          onChange={(event) => onDescription(event.target.value)}
        />
        <FieldProblem id={`${id}-description-problem`} name="The description" problem={problems.description} />
      </div>
    </>
  );
}

function FieldProblem({ id, name, problem }: { id: string; name: string; problem: string | undefined }) {
  return (
    <p id={id} className="field-error">
      {problem && `${name} ${problem}.`}
    </p>
  );
}
