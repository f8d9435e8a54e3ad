export declare const engineFlags: readonly string[];
export declare function goesOn(command: string | undefined): boolean;
