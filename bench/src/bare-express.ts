/** The reference of catalogue-list: an Express route that answers a JSON value it has at hand. Its argument is a file with {port, answer}. */
import { readFileSync } from 'node:fs';
import express from 'express';

const { port, answer } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as { port: number; answer: unknown };
const app = express();
app.get('/api/videos', (_req, res) => {
  res.json(answer);
});
app.listen(port, '127.0.0.1');
