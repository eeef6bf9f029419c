import { z } from 'zod';

/**
 * Names one processing of a video: the UUIDv7 of the event that asked for it, so that a later one sorts after an earlier.
 * What is said of an earlier one no longer counts.
 */
export const processingId = z.uuidv7();
