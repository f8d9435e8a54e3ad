import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, e.g. 'the GRANT': read out, and shown as the label unless `label` says otherwise. */
  readonly what: string;
  readonly label?: string;
  readonly size?: 'compact-xs' | 'compact-sm' | 'sm';
}

/** Copies text and says so in place. */
export function CopyButton({ text, what, label = 'Copy', size = 'compact-sm' }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1600);
  };
  return (
    <Button
      size={size}
      variant="default"
      aria-label={copied ? `Copied ${what}` : `${label}: ${what}`}
      leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      onClick={() => void copy()}
    >
      {copied ? 'Copied' : label}
    </Button>
  );
}

/** The clipboard API needs a focused window and a permission; the old command needs neither. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.setAttribute('aria-hidden', 'true');
    area.style.position = 'fixed';
    area.style.opacity = '0';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}
