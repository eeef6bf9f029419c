import { readFile } from 'node:fs/promises';

/** What AKS gives a pod whose service account is bound to an identity, as environment variables of these names. */
export interface WorkloadIdentity {
  /** AZURE_CLIENT_ID: which identity. */
  clientId: string;
  /** AZURE_TENANT_ID. */
  tenantId: string;
  /** AZURE_AUTHORITY_HOST: where Entra is. */
  authorityHost: string;
  /** AZURE_FEDERATED_TOKEN_FILE: the service account's token, which Kubernetes renews. */
  tokenFile: string;
}

const attemptMs = 3_000;

/**
 * Exchanges the token of the pod's service account for one of Entra, as a credential of Azure's client libraries, which
 * keep a token and ask for the next one before it ends. One request: no reason for the 40 MB of @azure/identity.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (third case)
 */
export function workloadIdentity(identity: WorkloadIdentity) {
  const address = new URL(
    `${encodeURIComponent(identity.tenantId)}/oauth2/v2.0/token`,
    withSlash(identity.authorityHost),
  );
  return {
    /** @throws Error with Entra's name of what is wrong, and nothing of a token */
    async getToken(scopes: string | string[], o: { abortSignal?: object } = {}) {
      const overdue = AbortSignal.timeout(attemptMs);
      // Azure's libraries declare a type of their own for it, and hand on what we gave them.
      const given = o.abortSignal instanceof AbortSignal ? [o.abortSignal] : [];
      const response = await fetch(address, {
        method: 'POST',
        signal: AbortSignal.any([overdue, ...given]),
        redirect: 'error',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: identity.clientId,
          scope: [scopes].flat().join(' '),
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: (await readFile(identity.tokenFile, 'utf8')).trim(),
        }),
      });
      const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
      const { access_token: token, expires_in: seconds } = answer;
      if (!response.ok || typeof token !== 'string' || !(Number(seconds) > 0)) {
        throw new Error(`No token from Entra: ${response.status} ${wordOf(answer.error)}`);
      }
      return { token, expiresOnTimestamp: Date.now() + Number(seconds) * 1_000 };
    },
  };
}

/** An error code of OAuth 2.0 (RFC 6749 §5.2), and nothing else. */
function wordOf(error: unknown): string {
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : 'without a reason';
}

function withSlash(address: string): string {
  return address.endsWith('/') ? address : `${address}/`;
}
