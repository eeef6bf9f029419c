import { DomainError } from '@flixtube/chassis/errors';
import { description as descriptionText, title as titleText } from '@flixtube/contracts/http/video-fields';
import { isAmong, type Kinds, otherKind } from '../kinds.ts';
import { wrongHeader } from './refusals.ts';

/** What Upload-Metadata says of the video to be. */
export interface UploadFacts {
  title: string;
  description: string;
}

const field = 'Upload-Metadata';
/** Printable ASCII without space and comma (tus 1.0.0, Upload-Metadata: the key SHOULD be ASCII). */
const keyPattern = /^[\x21-\x2b\x2d-\x7e]+$/;
// With its padding (RFC 4648 §4), or without any.
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
/** What no browser calls a video file; what it really is, its first bytes tell. */
const otherKinds = /^(?:image|audio|font)\/|^application\/(?:pdf|zip|json|x-7z-compressed|gzip)$/;
const fallbackTitle = 'Untitled video';

/**
 * Reads Upload-Metadata (tus 1.0.0, Creation). Keys beyond `filename`, `filetype`, `title` and `description` are a
 * client's own, and only checked for their form.
 * @throws DomainError 'invalid', naming the field; 'unsupported-type' when the file's type is that of no video, or of one that is
 * not among `kinds`
 */
export function readMetadata(header: string | undefined, kinds: Kinds): UploadFacts {
  const pairs = parsePairs(header);
  const filename = textOf(pairs, 'filename');
  checkKind(textOf(pairs, 'filetype'), kinds);
  const title = checked(titleText, 'title', textOf(pairs, 'title'));
  return {
    title: title ?? titleFrom(filename),
    description: checked(descriptionText, 'description', textOf(pairs, 'description')) ?? '',
  };
}

function parsePairs(header: string | undefined): Map<string, Buffer> {
  const pairs = new Map<string, Buffer>();
  if (header === undefined) return pairs;
  for (const pair of header.split(',')) {
    const [key = '', value = '', ...more] = trimmed(pair).split(' ');
    if (!keyPattern.test(key) || more.length > 0) {
      throw wrongHeader(
        field,
        'must be pairs of a key and a value in base64, with a space between and commas between pairs',
      );
    }
    if (!base64Pattern.test(value)) throw wrongHeader(field, `must have the value of ${shown(key)} in base64`);
    if (pairs.has(key)) throw wrongHeader(field, `must have ${shown(key)} only once`);
    pairs.set(key, Buffer.from(value, 'base64'));
  }
  return pairs;
}

/** Without the optional whitespace around a member of a list (RFC 9110 §5.6.1). */
function trimmed(pair: string): string {
  return pair.replace(/^[ \t]+|[ \t]+$/g, '');
}

const shown = (key: string) => key.slice(0, 40);

function textOf(pairs: Map<string, Buffer>, key: string): string | undefined {
  const bytes = pairs.get(key);
  if (bytes === undefined || bytes.length === 0) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DomainError('invalid', `The ${key} in ${field} must be UTF-8.`, {
      cause,
      errors: [{ path: key, message: 'must be UTF-8' }],
    });
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)) {
    throw new DomainError('invalid', `The ${key} in ${field} must not contain control characters.`, {
      errors: [{ path: key, message: 'must not contain control characters' }],
    });
  }
  return text.trim() === '' ? undefined : text;
}

function checked(schema: typeof titleText, key: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  const message = result.error.issues[0]?.message ?? 'is not valid';
  throw new DomainError('invalid', `The ${key} in ${field} ${message}.`, { errors: [{ path: key, message }] });
}

function checkKind(filetype: string | undefined, kinds: Kinds): void {
  if (filetype === undefined) return;
  const isOther = /^video\//i.test(filetype) ? !isAmong(kinds, filetype) : otherKinds.test(filetype.toLowerCase());
  if (isOther) throw otherKind(kinds, 'filetype');
}

/** `IMG_1234.MOV` as `IMG_1234`: the name without folders and without its ending. */
function titleFrom(filename: string | undefined): string {
  const name = (filename ?? '').split(/[/\\]/).at(-1) ?? '';
  const bare = name.replace(/\.[A-Za-z0-9]{1,8}$/, '').trim();
  const whole = [...bare].slice(0, 200).join('').slice(0, 200).trim();
  const result = titleText.safeParse(whole.isWellFormed() ? whole : whole.toWellFormed());
  return result.success ? result.data : fallbackTitle;
}
