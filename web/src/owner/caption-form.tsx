import type { Caption } from '@flixtube/contracts/http/captions';
import { LoaderCircle, TriangleAlert } from 'lucide-react';
import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { putCaption } from '../api/captions.ts';
import { fieldMessages } from '../ui/details-fields.tsx';
import { captionText } from './caption-file.ts';
import { CaptionFileField } from './caption-file-field.tsx';
import { choiceOf, LanguageField, other } from './language-field.tsx';
import { canonicalTag, languageName, languageOfFile } from './languages.ts';

interface Props {
  videoId: string;
  captions: readonly Caption[];
  /** Those that are to be replaced, to begin with; null for new ones. */
  replacing: Caption | null;
  onDone: (caption: Caption) => Promise<void>;
}

/** What is wrong, by field, each in a sentence; `form` is what is about none of them. */
type Problems = Partial<Record<'file' | 'language' | 'label' | 'form', string>>;

/** Adds captions to a video, or replaces those in a language. */
export function CaptionForm({ videoId, captions, replacing, onDone }: Props) {
  const [file, setFile] = useState<File | null>(null);
  const [language, setLanguage] = useState(() =>
    replacing ? choiceOf(replacing.language) : { listed: '', typed: '' },
  );
  const [label, setLabel] = useState(replacing?.label ?? '');
  const [problems, setProblems] = useState<Problems>({});
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const chooseFile = useRef<HTMLButtonElement>(null);
  const id = useId();
  const tag = canonicalTag(language.listed === other ? language.typed : language.listed);
  const before = captions.find((caption) => caption.language === tag);

  useEffect(() => {
    if (replacing) chooseFile.current?.focus();
  }, [replacing]);

  // Where it can be put right; once the fields are enabled again.
  useEffect(() => {
    if (problems.file) chooseFile.current?.focus();
    else form.current?.querySelector<HTMLElement>(problems.form ? '[type="submit"]' : '[aria-invalid="true"]')?.focus();
  }, [problems]);

  function take(chosen: File) {
    const read = captionText(chosen);
    setFile(chosen);
    setProblems('refusal' in read ? { file: read.refusal } : {});
    const told = languageOfFile(chosen.name);
    if (told && language.listed === '') setLanguage(choiceOf(told));
  }

  async function save(event: SubmitEvent) {
    event.preventDefault();
    const read = file && captionText(file);
    if (!read || 'refusal' in read || !tag) {
      return setProblems({
        ...(!read && { file: 'Choose the file that has the captions.' }),
        ...(read && 'refusal' in read && { file: read.refusal }),
        ...(!tag && { language: languageProblem(language.listed) }),
      });
    }
    setBusy(true);
    setProblems({});
    try {
      await onDone(await putCaption(videoId, { language: tag, label: label.trim(), text: read.text }));
    } catch (error) {
      setBusy(false);
      setProblems(problemsOf(error));
    }
  }

  return (
    <form ref={form} className="captions-form" noValidate onSubmit={save} aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{before ? `Replace the captions in ${languageName(before.language)}` : 'Add captions'}</h3>
      <CaptionFileField file={file} onFile={take} problem={problems.file} disabled={busy} button={chooseFile} />
      <div className="captions-two">
        <LanguageField value={language} onChange={setLanguage} problem={problems.language} disabled={busy} />
        <div className="field">
          <label className="field-label" htmlFor={`${id}-label`}>
            Label (optional)
          </label>
          <input
            id={`${id}-label`}
            className="input"
            maxLength={100}
            disabled={busy}
            value={label}
            aria-invalid={problems.label !== undefined}
            aria-describedby={`${id}-label-hint ${id}-label-problem`}
            onChange={(event) => setLabel(event.target.value)}
          />
          <p id={`${id}-label-hint`} className="field-hint">
            As players list it. Else the language’s own name.
          </p>
          <p id={`${id}-label-problem`} className="field-error" role="alert">
            {problems.label}
          </p>
        </div>
      </div>
      {problems.form && (
        <div className="notice notice--problem" role="alert">
          <TriangleAlert aria-hidden />
          <p>{problems.form}</p>
        </div>
      )}
      <div className="dialog-actions">
        <button type="submit" className="button button--primary" disabled={busy} aria-busy={busy}>
          {busy && <LoaderCircle aria-hidden className="captions-busy" />}
          {captionAction(busy, before !== undefined)}
        </button>
      </div>
    </form>
  );
}

function captionAction(busy: boolean, isThere: boolean): string {
  if (busy) return 'Sending…';
  return isThere ? 'Replace captions' : 'Add captions';
}

const languageProblem = (listed: string): string =>
  listed === other ? 'This is no language tag. One looks like en, pt-BR or zh-Hant.' : 'Choose the language.';

/** What an error of the API says, beside the field that it is about. */
function problemsOf(error: unknown): Problems {
  const { body, label, track } = fieldMessages(error);
  if (body) return { file: sentence(body) };
  if (label) return { label: sentence(`the label ${label}`) };
  if (track) return { language: sentence(`the language ${track}`) };
  if (error instanceof ApiError && error.status === 413) return { file: error.message };
  return { form: error instanceof Error ? error.message : String(error) };
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.$/, '')}.`;
