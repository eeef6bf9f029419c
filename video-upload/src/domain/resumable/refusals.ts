import { DomainError } from '@flixtube/chassis/errors';

/** A header field that is wrong, named. */
export function wrongHeader(name: string, message: string): DomainError {
  return new DomainError('invalid', `${name} ${message}.`, { errors: [{ path: name, message }] });
}

export function noSuchUpload(): DomainError {
  return new DomainError('not-found', 'There is no such upload. Please start a new one.');
}

export function uploadGone(): DomainError {
  return new DomainError('gone', 'This upload has expired, or was ended. Please start a new one.');
}

export function locked(): DomainError {
  return new DomainError('locked', 'Another request is sending bytes of this upload just now. Please try again soon.', {
    retryAfterSeconds: 2,
  });
}

export function wrongOffset(offset: number): DomainError {
  return new DomainError('conflict', `This upload stands at byte ${offset}.`, {
    errors: [{ path: 'Upload-Offset', message: `must be ${offset}` }],
  });
}

export function beyondLength(lengthBytes: number): DomainError {
  return new DomainError('too-large', `The body goes beyond the ${lengthBytes} bytes that this upload is to have.`, {
    errors: [{ path: 'body', message: `must not go beyond byte ${lengthBytes}` }],
  });
}

export function wrongChecksum(): DomainError {
  return new DomainError(
    'checksum-mismatch',
    'The bytes have another checksum than was said. Please send them again.',
    {
      errors: [{ path: 'Upload-Checksum', message: 'is not that of the body' }],
    },
  );
}

export function tooManyUploads(most: number): DomainError {
  return new DomainError(
    'too-many',
    `You have ${most} unfinished uploads, which is the most at a time (UPLOADS_PER_VIEWER). Please finish or end one first.`,
    { retryAfterSeconds: 60 },
  );
}
