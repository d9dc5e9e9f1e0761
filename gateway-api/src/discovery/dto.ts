import { IsArray, IsOptional, IsString, IsUrl } from 'class-validator';

/** `.well-known/smart-configuration` (SMART App Launch 2.2.0). */
export class SmartConfiguration {
  @IsUrl() issuer!: string;
  @IsUrl() jwks_uri!: string;
  @IsOptional() @IsUrl() authorization_endpoint?: string;
  @IsUrl() token_endpoint!: string;
  @IsOptional() @IsUrl() registration_endpoint?: string;
  @IsOptional() @IsUrl() introspection_endpoint?: string;
  @IsOptional() @IsUrl() revocation_endpoint?: string;
  @IsArray() @IsString({ each: true }) token_endpoint_auth_methods_supported!: string[];
  @IsArray() @IsString({ each: true }) grant_types_supported!: string[];
  @IsArray() @IsString({ each: true }) code_challenge_methods_supported!: string[];
  @IsOptional() @IsArray() @IsString({ each: true }) scopes_supported?: readonly string[];
  @IsOptional() @IsArray() @IsString({ each: true }) response_types_supported?: readonly string[];
  @IsArray() @IsString({ each: true }) capabilities!: string[];
}

/** `.well-known/oauth-protected-resource` (RFC 9728 §2). */
export class ProtectedResource {
  @IsUrl() resource!: string;
  @IsArray() @IsString({ each: true }) authorization_servers!: string[];
  @IsArray() @IsString({ each: true }) bearer_methods_supported!: string[];
  @IsString() resource_name!: string;
  @IsUrl() resource_documentation!: string;
}
