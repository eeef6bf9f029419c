import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useNavigate } from 'react-router';
import { uploadLimitsQuery } from '../../api/uploads.ts';
import { refreshLists } from '../../api/videos.ts';
import { useAnnouncer } from '../../ui/announcer.tsx';
import { formatBytes } from '../../ui/format.ts';
import { DropZone } from '../../upload/drop-zone.tsx';
import { unfinishedUploads } from '../../upload/tus-transport.ts';
import type { UploadItem } from '../../upload/upload-item.ts';
import { uploads } from '../../upload/uploads.ts';
import { refusalOf } from '../../upload/video-file.ts';
import { UnfinishedList } from './unfinished-list.tsx';
import { UploadCard } from './upload-card.tsx';
import { useProgressAnnounced } from './use-progress-announced.ts';
import './upload-page.css';

export function UploadPage() {
  const items = useSyncExternalStore(uploads.subscribe, uploads.items);
  const [refusals, setRefusals] = useState<string[]>([]);
  const { data: limits } = useQuery(uploadLimitsQuery());
  const unfinished = useUnfinished(items);
  const ready = items.filter(({ step }) => step.is === 'ready');
  // Below a long list nobody would find it.
  const many = items.length > 2;
  useProgressAnnounced(items);
  useLeadToTheOnlyOne(items);
  useCatalogueRefreshed(items);

  function choose(files: File[]) {
    const maxBytes = limits?.maxBytes ?? null;
    setRefusals(files.flatMap((file) => refusalOf(file, maxBytes) ?? []));
    void uploads.add(files.filter((file) => refusalOf(file, maxBytes) === null));
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    uploads.startAll();
  }

  return (
    <div className="upload-page">
      <title>Upload · FlixTube</title>
      <header className="upload-header">
        <h1>Upload videos</h1>
        <p>Each can be watched as soon as it has arrived, and everyone can see it. You can change that on its page.</p>
      </header>
      {items.length > 0 && (
        <form className="upload-form" onSubmit={submit}>
          {ready.length > 0 && many && <StartAll ready={ready} />}
          <ul className="upload-list" aria-label="Uploads">
            {items.map((item, index) => (
              <li key={item.id}>
                <UploadCard item={item} autoFocus={index === 0 && item.step.is === 'ready'} />
              </li>
            ))}
          </ul>
          {ready.length > 0 && !many && <StartAll ready={ready} />}
        </form>
      )}
      <DropZone
        onFiles={choose}
        refusals={refusals}
        small={items.length > 0}
        limit={limits?.maxBytes ? formatBytes(limits.maxBytes) : null}
      />
      <UnfinishedList uploads={unfinished.list} onForgotten={unfinished.look} />
    </div>
  );
}

function StartAll({ ready }: { ready: readonly UploadItem[] }) {
  return (
    <div className="upload-actions">
      <button
        type="submit"
        className="button button--primary button--large"
        disabled={ready.some(({ title }) => title.trim() === '')}
      >
        {ready.length === 1 ? 'Upload video' : `Upload ${ready.length} videos`}
      </button>
    </div>
  );
}

/** What this browser began to upload and did not finish, without what is on the list anyway. */
function useUnfinished(items: readonly UploadItem[]) {
  const [list, setList] = useState<Awaited<ReturnType<typeof unfinishedUploads>>>([]);
  const look = useRef(() => {
    unfinishedUploads().then(setList, () => setList([]));
  }).current;
  const count = items.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is taken off the list may have to be on this one
  useEffect(look, [look, count]);
  const isHere = ({ fileName, sizeBytes }: { fileName: string; sizeBytes: number }) =>
    items.some(({ file }) => file.name === fileName && file.size === sizeBytes);
  return { list: list.filter((upload) => !isHere(upload)), look };
}

/** Who uploads one video wants to see it: its page comes by itself, unless somebody is still writing here. */
function useLeadToTheOnlyOne(items: readonly UploadItem[]) {
  const navigate = useNavigate();
  const { announce } = useAnnouncer();
  const [only] = items;
  const videoId =
    only && items.length === 1 && !only.touched && only.details === 'saved' && only.step.is === 'done'
      ? only.step.videoId
      : null;
  const sending = useRef(false);
  const name = only?.title ?? '';
  useEffect(() => {
    if (videoId === null) {
      sending.current = only !== undefined;
      return;
    }
    // It was done before somebody came here: then they came for something else.
    if (!sending.current) return;
    sending.current = false;
    announce(`${name} is uploaded`);
    if (only) uploads.cancel(only.id);
    navigate(`/watch/${videoId}`);
  }, [videoId, only, name, navigate, announce]);
}

/** A video that has arrived belongs into the lists. */
function useCatalogueRefreshed(items: readonly UploadItem[]) {
  const queries = useQueryClient();
  const done = items.filter(({ step }) => step.is === 'done').length;
  useEffect(() => {
    if (done > 0) refreshLists(queries);
  }, [done, queries]);
}
