import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '@flixtube/dev-env/ports';
import { requireProgram } from '@flixtube/dev-env/programs';

/** An nginx of our own that serves a folder with sendfile, one worker a core, no log. */
export async function startNginx(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const nginx = await requireProgram({
    program: 'nginx',
    aptPackage: 'nginx-light',
    say: (line) => console.error(line),
  });
  const port = await freePort();
  const file = path.join(folder, 'nginx.conf');
  await writeFile(
    file,
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; worker_processes auto; user root;
     events { worker_connections 512; }
     http {
       sendfile on; tcp_nopush on; access_log off; types { video/mp4 mp4; }
       client_body_temp_path ${folder}/nginx-body; proxy_temp_path ${folder}/nginx-proxy; fastcgi_temp_path ${folder}/nginx-fastcgi;
       uwsgi_temp_path ${folder}/nginx-uwsgi; scgi_temp_path ${folder}/nginx-scgi;
       server { listen 127.0.0.1:${port}; root ${folder}; }
     }`,
  );
  const child = spawn(nginx, ['-c', file, '-e', `${folder}/nginx.log`], { stdio: 'inherit' });
  const gone = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const reached = await fetch(url).then(
      () => true,
      () => false,
    );
    if (reached) break;
    if (tries > 100 || child.exitCode !== null) throw new Error(`nginx did not start; see ${folder}/nginx.log`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGQUIT');
      await gone;
    },
  };
}
