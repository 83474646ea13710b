-- A server may want more rights than the sign-in asked for. The next sign-in asks for all of them.
ALTER TABLE "credentials" ADD COLUMN     "missing_scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[];
